import { MAX_WINDOW } from './limits.ts';
import type { Thread } from './types.ts';
import type { KeptEvent, Mark, Member, Message } from './wire.ts';

export function applyToThread(before: Thread, event: KeptEvent): Thread {
  const thread = change(before, event);
  const rev = Math.max(before.rev, event.rev);
  return thread.rev === rev ? thread : { ...thread, rev };
}

function change(thread: Thread, event: KeptEvent): Thread {
  switch (event.type) {
    case 'message':
    case 'changed': {
      const messages = putMessage(thread.messages, event.message, thread.loaded);
      return messages === thread.messages ? thread : { ...thread, messages };
    }
    case 'mark': {
      const members = event.marks.reduce(moveMark, thread.members);
      return members === thread.members ? thread : { ...thread, members };
    }
    case 'member':
      return { ...thread, members: putMember(thread.members, event.member) };
    case 'conversation':
    case 'reset':
      return thread;
  }
}

/**
 * A message has its place only where the window has no gap: in it, or right behind its end. One that comes further on
 * is read when the reader gets there.
 */
function putMessage(messages: readonly Message[], message: Message, loaded: boolean): readonly Message[] {
  const first = messages[0]?.seq ?? 1;
  const at = message.seq - first;
  const known = messages[at];
  if (known) return message.rev >= known.rev ? messages.with(at, message) : messages;
  if (at !== messages.length || !loaded) return messages;
  return [...messages, message].slice(-MAX_WINDOW);
}

/** More of the history, at either end of what is there; the other end goes when it becomes too much. */
export function joinPage(
  messages: readonly Message[],
  page: readonly Message[],
  end: 'older' | 'newer',
): readonly Message[] {
  const [first, last] = [messages[0], messages.at(-1)];
  if (!first || !last) return page;
  if (end === 'older') {
    const older = page.filter(({ seq }) => seq < first.seq);
    return older.at(-1)?.seq === first.seq - 1 ? [...older, ...messages].slice(0, MAX_WINDOW) : messages;
  }
  const newer = page.filter(({ seq }) => seq > last.seq);
  return newer[0]?.seq === last.seq + 1 ? [...messages, ...newer].slice(-MAX_WINDOW) : messages;
}

function putMember(members: ReadonlyMap<string, Member>, member: Member): ReadonlyMap<string, Member> {
  const next = new Map(members);
  const before = members.get(member.userId);
  if (member.left) next.delete(member.userId);
  else next.set(member.userId, before ? { ...member, ...furthest(before, member) } : member);
  return next;
}

function moveMark(members: ReadonlyMap<string, Member>, mark: Mark): ReadonlyMap<string, Member> {
  const member = members.get(mark.userId);
  if (!member) return members;
  const { deliveredSeq, readSeq } = furthest(member, mark);
  if (deliveredSeq === member.deliveredSeq && readSeq === member.readSeq) return members;
  return new Map(members).set(mark.userId, { ...member, deliveredSeq, readSeq });
}

/** Marks only grow. */
function furthest(one: Mark, other: Mark): { deliveredSeq: number; readSeq: number } {
  return {
    deliveredSeq: Math.max(one.deliveredSeq, other.deliveredSeq),
    readSeq: Math.max(one.readSeq, other.readSeq),
  };
}

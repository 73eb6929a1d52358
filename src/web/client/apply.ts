import { applyToConversation } from './apply-to-conversation.ts';
import { applyToFriendships } from './apply-to-friendships.ts';
import { applyToPeople } from './apply-to-people.ts';
import { applyToThread } from './apply-to-thread.ts';
import { withEntry, without } from './store.ts';
import type { Snapshot } from './types.ts';
import type { Changes, Conversation, FriendshipFacts, KeptEvent, ServerEvent, TypingEvent } from './wire.ts';

/** What cannot be worked out from an event, and has to be asked. */
export type Question =
  | { readonly about: 'conversation'; readonly conversationId: string }
  | { readonly about: 'friendship'; readonly friendship: FriendshipFacts };

export interface Applied {
  readonly snapshot: Snapshot;
  readonly question?: Question | undefined;
}

/** The picture after an event, from the picture before it. What comes twice changes nothing. */
export function apply(snapshot: Snapshot, event: ServerEvent): Applied {
  switch (event.type) {
    case 'presence': {
      const { userId, online, lastSeenAt } = event;
      return {
        snapshot: { ...snapshot, presence: withEntry(snapshot.presence, userId, { online, lastSeenAt }) },
      };
    }
    case 'typing':
      return { snapshot: { ...snapshot, typing: applyToTyping(snapshot.typing, event) } };
    case 'user':
      return { snapshot: applyToPeople(snapshot, event.user) };
    case 'friendship':
      return applyToFriendships(snapshot, event.friendship);
    default:
      return applyKept(snapshot, event);
  }
}

/** The answer to `changes(since)`, as the events that were missed; only the last of them is a position. */
export function eventsOf(
  conversationId: string,
  since: number,
  changes: Changes & { reset: false },
): KeptEvent[] {
  const at = { conversationId, rev: since };
  const { conversation, members, messages, memberCount } = changes;
  const events: KeptEvent[] = [];
  if (conversation) events.push({ type: 'conversation', ...at, conversation });
  for (const member of members) events.push({ type: 'member', ...at, member, memberCount });
  for (const message of messages) events.push({ type: 'message', ...at, message });
  // Marks of nobody: the position moves also when nothing is left of what happened.
  events.push({ type: 'mark', conversationId, rev: changes.rev, marks: [] });
  return events;
}

function applyKept(snapshot: Snapshot, event: KeptEvent): Applied {
  const { conversationId } = event;
  const me = snapshot.me?.id;
  const conversation = snapshot.conversations.get(conversationId);
  if (event.type === 'member' && event.member.userId === me && event.member.left) {
    return { snapshot: withoutConversation(snapshot, conversationId) };
  }
  if (conversation === undefined || me === undefined) {
    return { snapshot, question: { about: 'conversation', conversationId } };
  }
  const thread = snapshot.threads.get(conversationId);
  const changed = applyToConversation(conversation, event, me, thread);
  const applied = {
    ...snapshot,
    conversations: withEntry(snapshot.conversations, conversationId, changed.conversation),
    threads: thread
      ? withEntry(snapshot.threads, conversationId, applyToThread(thread, event))
      : snapshot.threads,
    typing:
      event.type === 'message'
        ? quiet(snapshot.typing, conversationId, event.message.senderId)
        : snapshot.typing,
  };
  return {
    snapshot: applied,
    question: changed.exact ? undefined : { about: 'conversation', conversationId },
  };
}

/** A picture that was asked for. One that is older than what is known would take something back. */
export function putConversation(snapshot: Snapshot, read: Conversation): Snapshot {
  const known = snapshot.conversations.get(read.id);
  if (known && known.rev > read.rev) return snapshot;
  return { ...snapshot, conversations: withEntry(snapshot.conversations, read.id, read) };
}

export function withoutConversation(snapshot: Snapshot, conversationId: string): Snapshot {
  return {
    ...snapshot,
    conversations: without(snapshot.conversations, conversationId),
    threads: without(snapshot.threads, conversationId),
    typing: without(snapshot.typing, conversationId),
    open: snapshot.open === conversationId ? null : snapshot.open,
    room: snapshot.room?.conversationId === conversationId ? null : snapshot.room,
  };
}

function applyToTyping(
  typing: Snapshot['typing'],
  { conversationId, userId, on }: TypingEvent,
): Snapshot['typing'] {
  if (!on) return quiet(typing, conversationId, userId);
  const typists = typing.get(conversationId) ?? new Set();
  return typists.has(userId) ? typing : withEntry(typing, conversationId, new Set(typists).add(userId));
}

function quiet(typing: Snapshot['typing'], conversationId: string, userId: string): Snapshot['typing'] {
  const typists = typing.get(conversationId);
  if (!typists?.has(userId)) return typing;
  const rest = new Set(typists);
  rest.delete(userId);
  return rest.size > 0 ? withEntry(typing, conversationId, rest) : without(typing, conversationId);
}

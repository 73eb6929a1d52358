import type { Thread } from './types.ts';
import type { Conversation, KeptEvent, Message } from './wire.ts';

export interface ChangedConversation {
  readonly conversation: Conversation;
  /** False when the number of unread messages cannot be told from what is here. */
  readonly exact: boolean;
}

/** A conversation's line in the list. The thread, if it is in memory, helps to count. */
export function applyToConversation(
  before: Conversation,
  event: KeptEvent,
  me: string,
  thread?: Thread,
): ChangedConversation {
  const { conversation, exact } = change(before, event, me, thread);
  const rev = Math.max(before.rev, event.rev);
  return { conversation: conversation.rev === rev ? conversation : { ...conversation, rev }, exact };
}

function change(
  before: Conversation,
  event: KeptEvent,
  me: string,
  thread: Thread | undefined,
): ChangedConversation {
  switch (event.type) {
    case 'message':
    case 'changed':
      return known(putMessage(before, event.message, me));
    case 'mark': {
      const own = event.marks.find(({ userId }) => userId === me);
      return own ? moveMark(before, own.deliveredSeq, own.readSeq, me, thread) : known(before);
    }
    case 'member': {
      const { member, memberCount } = event;
      if (member.userId !== me) return known({ ...before, memberCount });
      const moved = moveMark(before, member.deliveredSeq, member.readSeq, me, thread);
      return { ...moved, conversation: { ...moved.conversation, memberCount, role: member.role } };
    }
    case 'conversation': {
      const { name, description, visibility } = event.conversation;
      return known({ ...before, name, description, visibility });
    }
    case 'reset':
      return { conversation: before, exact: false };
  }
}

function known(conversation: Conversation): ChangedConversation {
  return { conversation, exact: true };
}

function putMessage(before: Conversation, message: Message, me: string): Conversation {
  const counts = message.senderId !== me && message.seq > before.readSeq;
  if (message.seq > before.lastSeq) {
    const unreadCount = before.unreadCount + (counts && message.deletedAt === null ? 1 : 0);
    return { ...before, lastSeq: message.seq, lastMessage: message, unreadCount };
  }
  if (message.rev <= before.rev && message.seq !== before.lastSeq) return before;
  // Deleted after this picture: until then it was counted.
  const gone = counts && message.deletedAt !== null && message.rev > before.rev;
  const unreadCount = Math.max(0, before.unreadCount - (gone ? 1 : 0));
  const isNewer = message.seq === before.lastSeq && message.rev >= (before.lastMessage?.rev ?? 0);
  const lastMessage = isNewer ? message : before.lastMessage;
  return { ...before, unreadCount, lastMessage };
}

function moveMark(
  before: Conversation,
  delivered: number,
  read: number,
  me: string,
  thread: Thread | undefined,
): ChangedConversation {
  const deliveredSeq = Math.max(before.deliveredSeq, delivered);
  const readSeq = Math.max(before.readSeq, read);
  if (readSeq === before.readSeq) {
    return known(deliveredSeq === before.deliveredSeq ? before : { ...before, deliveredSeq });
  }
  const unreadCount =
    readSeq >= before.lastSeq || before.unreadCount === 0 ? 0 : unreadIn(thread, before, readSeq, me);
  const conversation = { ...before, deliveredSeq, readSeq, unreadCount: unreadCount ?? before.unreadCount };
  return { conversation, exact: unreadCount !== undefined };
}

/** Undefined when not all that comes after the mark is in memory. */
function unreadIn(
  thread: Thread | undefined,
  { lastSeq }: Conversation,
  readSeq: number,
  me: string,
): number | undefined {
  const [first, last] = [thread?.messages[0], thread?.messages.at(-1)];
  if (!thread || !first || !last || first.seq > readSeq + 1 || last.seq < lastSeq) return undefined;
  return thread.messages.filter(
    ({ seq, senderId, deletedAt }) => seq > readSeq && senderId !== me && deletedAt === null,
  ).length;
}

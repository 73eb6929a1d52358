import type { Conversation, Thread } from '../client/index.ts';

/** Up to where everybody else has received and read. Of a large group nobody is told. */
export interface Others {
  readonly delivered: number;
  readonly read: number;
}

export type Tick = 'sent' | 'delivered' | 'read';

export function othersIn(
  conversation: Conversation,
  thread: Thread | undefined,
  me: string | undefined,
): Others {
  const others = [...(thread?.members.values() ?? [])].filter(({ userId }) => userId !== me);
  const isKnown = thread?.loaded === true && thread.members.size >= conversation.memberCount;
  // Alone one has read it all oneself.
  if (isKnown && others.length === 0) return { delivered: conversation.lastSeq, read: conversation.lastSeq };
  if (!isKnown) return { delivered: 0, read: 0 };
  return {
    delivered: Math.min(...others.map(({ deliveredSeq }) => deliveredSeq)),
    read: Math.min(...others.map(({ readSeq }) => readSeq)),
  };
}

export function tickOf(seq: number, { delivered, read }: Others): Tick {
  if (seq <= read) return 'read';
  return seq <= delivered ? 'delivered' : 'sent';
}

import type { Chat } from './chat.ts';
import type { MarkView } from './events.ts';

export interface MoveMarks {
  readonly conversationId: string;
  readonly deliveredSeq?: number | undefined;
  /** Reading implies delivery. */
  readonly readSeq?: number | undefined;
}

/** Marks only grow: moving one back, or past the last message, moves it as far as it goes. */
export function moveMarks(chat: Pick<Chat, 'marks'>, callerId: string, input: MoveMarks): Promise<MarkView> {
  return chat.marks.move({
    conversationId: input.conversationId,
    userId: callerId,
    deliveredSeq: input.deliveredSeq ?? 0,
    readSeq: input.readSeq ?? 0,
  });
}

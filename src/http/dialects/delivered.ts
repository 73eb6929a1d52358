import type { Chat } from '../../chat/chat.ts';
import type { ChatEvent } from '../../chat/events.ts';
import { moveMarks } from '../../chat/move-marks.ts';
import type { Line } from './line.ts';

/** For wires whose clients acknowledge nothing: a message of others counts as delivered once it is on the wire. */
export function deliveredWhenShown(
  chat: Pick<Chat, 'marks' | 'log'>,
): (event: ChatEvent, line: Line) => void {
  return (event, { caller }) => {
    if (event.type !== 'message' || event.message.senderId === caller.userId) return;
    const { conversationId, message } = event;
    moveMarks(chat, caller.userId, { conversationId, deliveredSeq: message.seq }).catch((error) =>
      chat.log.warn({ err: error }, 'a mark was not moved'),
    );
  };
}

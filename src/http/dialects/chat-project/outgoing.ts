import type { Chat } from '../../../chat/chat.ts';
import { findConversationPeople } from '../../../chat/conversation-people.ts';
import type { ChatEvent, MarkView, MessageView } from '../../../chat/events.ts';
import { readHistory } from '../../../chat/read-history.ts';
import { findTie, findTieOfDialog, type Tie } from '../../../chat/ties.ts';
import { type Frames, type Line, onceForAll } from '../line.ts';
import type { FrameNames } from './frame-names.ts';
import { messageUuid } from './ids.ts';
import { MAX_TOLD_BY_MARK } from './limits.ts';
import { friendshipOf, isOpen, mediaOf, messageStatusOf, timeOf } from './views.ts';

const UNREAD = { deliveredSeq: 0, readSeq: 0 };
/** Try again later: whoever comes back reads what they missed. */
const COME_BACK = 1012;

type KindOf = (event: ChatEvent) => Promise<'dialog' | 'group' | undefined>;

/** Of which kind an event's conversation is; all lines of a node share the answer. */
export function kindsOf(chat: Pick<Chat, 'database'>): KindOf {
  return onceForAll(async (event) => {
    if (!('conversationId' in event)) return undefined;
    const { conversationId } = event;
    return (await findConversationPeople(chat, [conversationId])).get(conversationId)?.kind;
  });
}

export interface OutgoingOptions {
  readonly chat: Chat;
  readonly base: string;
  readonly names: FrameNames;
  readonly kindOf: KindOf;
  /** How far others had come in this person's dialogs, before the feed was opened. */
  readonly marks: Map<string, MarkView>;
}

/** One person's feed in the old server's words. Whatever it has no word for is not shown. */
export class Outgoing {
  readonly #options: OutgoingOptions;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  readonly present = async (event: ChatEvent, line: Line): Promise<Frames> => {
    const { chat, base, names, kindOf } = this.#options;
    const { userId } = line.caller;
    switch (event.type) {
      case 'friendship': {
        const tie = await findTie(chat, userId, event.friendship.id);
        return JSON.stringify({ type: names.friendship, friendship: friendshipOf(base, tie) });
      }
      case 'message': {
        if ((await kindOf(event)) === 'group') return this.#groupMessage(event.conversationId, event.message);
        const tie = await findTieOfDialog(chat, userId, event.conversationId);
        return tie && isOpen(tie) ? this.#message(tie, event.message) : undefined;
      }
      case 'mark': {
        const mark = event.marks.find((each) => each.userId !== userId);
        if (mark === undefined || (await kindOf(event)) !== 'dialog') return undefined;
        const tie = await findTieOfDialog(chat, userId, event.conversationId);
        return tie && this.#notifications(userId, tie, event.conversationId, mark);
      }
      case 'reset':
        line.close(COME_BACK);
        return undefined;
      default:
        return undefined;
    }
  };

  #message(tie: Tie, message: MessageView): string {
    const { base, names } = this.#options;
    return JSON.stringify({
      type: names.message,
      channel: tie.id,
      payload: message.text,
      media: mediaOf(base, message),
      message: messageStatusOf(base, tie, message, UNREAD),
    });
  }

  #groupMessage(conversationId: string, message: MessageView): string {
    return JSON.stringify({
      type: 'group_message',
      message: {
        id: messageUuid(message.id),
        sender: message.senderId,
        chatgroup: conversationId,
        content: message.text,
        created_at: timeOf(message.sentAt),
        media: mediaOf(this.#options.base, message),
      },
    });
  }

  /** One for each message of theirs that the mark has passed: their clients know of no marks. */
  async #notifications(userId: string, tie: Tie, conversationId: string, mark: MarkView): Promise<string[]> {
    const { chat, base, names, marks } = this.#options;
    const before = marks.get(conversationId) ?? UNREAD;
    marks.set(conversationId, mark);
    const last = mark.deliveredSeq + 1;
    const passed = { conversationId, before: last, limit: MAX_TOLD_BY_MARK };
    const { items } = await readHistory(chat, userId, passed);
    return items.flatMap((message) => {
      const { seq, senderId, deletedAt } = message;
      const seen = seq <= mark.readSeq && seq > before.readSeq;
      if (senderId !== userId || deletedAt !== null || (!seen && seq <= before.deliveredSeq)) return [];
      return JSON.stringify({
        type: names.notification,
        event: seen ? 'seen' : 'received',
        channel: tie.id,
        message: messageStatusOf(base, tie, message, mark),
      });
    });
  }
}

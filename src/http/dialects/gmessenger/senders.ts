import type { Chat } from '../../../chat/chat.ts';
import { findNames } from '../../../chat/conversation-people.ts';
import type { ChatEvent } from '../../../chat/events.ts';
import { onceForAll } from '../line.ts';

type MessageEvent = Extract<ChatEvent, { type: 'message' }>;

/** The logins of those who write, as they are now; asked once for all sockets of this node. */
export class Senders {
  readonly #find: (event: ChatEvent) => Promise<string>;

  constructor(chat: Pick<Chat, 'database'>) {
    this.#find = onceForAll(async (event) => {
      const { senderId } = (event as MessageEvent).message;
      const names = await findNames(chat.database.em.fork(), [senderId]);
      return names.get(senderId)?.username ?? '';
    });
  }

  of(event: MessageEvent): Promise<string> {
    return this.#find(event);
  }
}

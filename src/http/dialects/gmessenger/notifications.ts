import type { Chat } from '../../../chat/chat.ts';
import { type ConversationPeople, findConversationPeople } from '../../../chat/conversation-people.ts';
import { countUnread } from '../../../chat/count-unread.ts';
import type { ChatEvent } from '../../../chat/events.ts';
import type { Reach } from '../../../chat/receipts.ts';
import { onceForAll } from '../line.ts';
import { plainText } from '../plain-text.ts';
import type { Senders } from './senders.ts';
import { messageOf, otherOf, type WireChat, type WireMessage } from './wire.ts';

export type MessageEvent = Extract<ChatEvent, { type: 'message' }>;

export interface Notification {
  readonly chat: WireChat;
  readonly message: WireMessage;
}

interface Facts {
  readonly place: ConversationPeople | undefined;
  readonly sender: string;
  readonly unread: ReadonlyMap<string, number>;
}

/** What lists of chats are told of a message. Everybody's facts are asked for at once, however many have one open. */
export class Notifications {
  readonly #chat: Pick<Chat, 'database' | 'publicUrl'>;
  readonly #listeners = new Map<string, number>();
  readonly #factsOf: (event: ChatEvent) => Promise<Facts>;

  constructor(chat: Pick<Chat, 'database' | 'publicUrl'>, senders: Senders) {
    this.#chat = chat;
    this.#factsOf = onceForAll(async (event) => {
      const { conversationId } = event as MessageEvent;
      const [places, sender, unread] = await Promise.all([
        findConversationPeople(chat, [conversationId]),
        senders.of(event as MessageEvent),
        countUnread(chat, conversationId, [...this.#listeners.keys()]),
      ]);
      return { place: places.get(conversationId), sender, unread };
    });
  }

  /** One more list of this person's; returns the way to take it back. */
  listen(userId: string): () => void {
    const count = (by: number): void => {
      const left = (this.#listeners.get(userId) ?? 0) + by;
      if (left > 0) this.#listeners.set(userId, left);
      else this.#listeners.delete(userId);
    };
    count(1);
    return () => count(-1);
  }

  /** `reach` is how far a message of one's own has come. */
  async of(event: MessageEvent, userId: string, reach: Reach | undefined): Promise<Notification | undefined> {
    const { place, sender, unread } = await this.#factsOf(event);
    if (place === undefined) return undefined;
    const { message } = event;
    const isDialog = place.kind === 'dialog';
    const other = isDialog ? otherOf(place.people, userId) : undefined;
    const me = place.people.find(({ id }) => id === userId);
    const receiver = message.senderId === userId ? other : me;
    return {
      chat: {
        type: place.kind,
        id: other?.username ?? String(place.number),
        name: other?.displayName ?? place.name,
        last_message: plainText(this.#chat, message),
        unread: unread.get(userId) ?? 0,
      },
      message: messageOf(this.#chat, message, {
        sender,
        receiver: isDialog ? receiver?.username : undefined,
        // Being told of it is having it; in a group there are others who may not.
        status: reach ?? (isDialog ? 'delivered' : 'sent'),
      }),
    };
  }
}

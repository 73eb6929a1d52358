import type { Chat } from '../../../chat/chat.ts';
import { findNames } from '../../../chat/conversation-people.ts';
import type { ChatEvent, PassingEvent } from '../../../chat/events.ts';
import type { Face } from '../../../chat/face.ts';
import { type UserStatus, userStatus } from './wire.ts';

type PresenceEvent = Extract<PassingEvent, { type: 'presence' }>;

/**
 * Whom a socket's client believes to be here. The same news comes by several ways: for being friends, and for each
 * conversation that is looked at.
 */
export class ToldOnline {
  readonly #chat: Pick<Chat, 'database' | 'presence'>;
  readonly #online = new Map<string, boolean>();

  constructor(chat: Pick<Chat, 'database' | 'presence'>) {
    this.#chat = chat;
  }

  /** How it is before anything is told. */
  async begin(userIds: readonly string[]): Promise<void> {
    const online = await this.#chat.presence.online(userIds);
    for (const userId of userIds) this.#online.set(userId, online.has(userId));
  }

  /** Undefined for what is no news. */
  async tell({ userId, online, lastSeenAt }: PresenceEvent): Promise<UserStatus | undefined> {
    if (this.#online.get(userId) === online) return undefined;
    this.#online.set(userId, online);
    const names = await findNames(this.#chat.database.em.fork(), [userId]);
    const login = names.get(userId)?.username;
    return login === undefined ? undefined : userStatus(login, online, lastSeenAt);
  }
}

/** Of a conversation that is looked at besides one's own feed nothing but who comes and goes is news. */
export function presenceOnly(face: Face): Face {
  return {
    deliver(event: ChatEvent): void {
      if (event.type === 'presence') face.deliver(event);
    },
  };
}

import type { Chat } from '../../../chat/chat.ts';
import { ACTIVE_SECONDS } from './limits.ts';

interface Visit {
  readonly leave: () => void;
  readonly timer: NodeJS.Timeout;
}

/** People who are here without a socket, because they have just said that they are. */
export class Visits {
  readonly #presence: Chat['presence'];
  readonly #visits = new Map<string, Visit>();

  constructor({ presence }: Pick<Chat, 'presence'>) {
    this.#presence = presence;
  }

  note(userId: string): void {
    const before = this.#visits.get(userId);
    clearTimeout(before?.timer);
    const leave = before?.leave ?? this.#presence.connect(userId);
    const timer = setTimeout(() => this.#end(userId), ACTIVE_SECONDS * 1_000);
    timer.unref();
    this.#visits.set(userId, { leave, timer });
  }

  close(): void {
    for (const userId of [...this.#visits.keys()]) this.#end(userId);
  }

  #end(userId: string): void {
    const visit = this.#visits.get(userId);
    this.#visits.delete(userId);
    clearTimeout(visit?.timer);
    visit?.leave();
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { ChatError } from './errors.ts';
import { MAIL_DRAIN_MS, MAX_MAILS_AT_ONCE, MAX_MAILS_QUEUED } from './limits.ts';
import type { Log } from './log.ts';
import type { Mail, Mailer } from './mailer.ts';

/**
 * Mails that nobody waits for. Whoever asks is answered before any of the work is done, so that neither the
 * answer nor its time tells whether there is somebody to write to. One that fails is logged and gone: people ask
 * for another.
 */
export class Outbox {
  readonly #mailer: Mailer;
  readonly #log: Log;
  readonly #limit = pLimit(MAX_MAILS_AT_ONCE);
  readonly #underWay = new Set<Promise<void>>();

  constructor(mailer: Mailer, log: Log) {
    this.#mailer = mailer;
    this.#log = log;
  }

  /** Writes and sends it later; a `write` that answers nothing had nobody to write to. */
  post(write: () => Promise<Mail | undefined>): void {
    if (this.#limit.pendingCount >= MAX_MAILS_QUEUED) {
      throw new ChatError('busy', 'too many mails are waiting; try again soon');
    }
    const sent = this.#limit(() => this.#send(write)).finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
  }

  /** For what nobody asked for, and nobody needs to be told that it has to wait. */
  offer(write: () => Promise<Mail | undefined>): void {
    try {
      this.post(write);
    } catch (error) {
      this.#log.warn({ err: error }, 'a notice is not sent');
    }
  }

  async drain(): Promise<void> {
    if (this.#underWay.size === 0) return;
    const patience = new AbortController();
    const tooLong = delay(MAIL_DRAIN_MS, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([Promise.all(this.#underWay), tooLong]);
    patience.abort();
    if (this.#underWay.size > 0)
      this.#log.warn({ mails: this.#underWay.size }, 'mails were not sent in time');
    this.#limit.clearQueue();
  }

  async #send(write: () => Promise<Mail | undefined>): Promise<void> {
    let userId: string | undefined;
    try {
      const mail = await write();
      userId = mail?.userId;
      if (mail) await this.#mailer.send(mail);
    } catch (error) {
      // Not the error itself: mail servers and databases repeat addresses in what they say.
      const { name, code, responseCode } = error as { name?: string; code?: string; responseCode?: number };
      this.#log.error({ userId, name, code, responseCode }, 'a mail could not be sent');
    }
  }
}

import { EntryLimit } from './entry-limit.ts';
import type { ChatError, ErrorCode } from './errors.ts';
import { MAX_REFUSAL_ENTRIES, REFUSAL_ENTRIES_MS } from './limits.ts';
import type { Log } from './log.ts';
import type { NoticeKind } from './notice-mails.ts';
import type { RateName } from './rates.ts';

/** What somebody proves who they are with; `session` is one that they had already. */
export type Way =
  | 'password'
  | 'mail-code'
  | 'oidc'
  | 'passkey'
  | 'app-code'
  | 'recovery-code'
  | 'guest'
  | 'session';

/** Who it was, as far as that is known. Never what somebody typed: people type passwords where their name belongs. */
export interface Who {
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly address?: string | undefined;
}

export interface WayIn extends Who {
  readonly way: Way;
  /** The second of two proofs. */
  readonly second?: boolean;
}

/** Where something was asked: by method and pattern over HTTP, by its name in a room. */
export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly request?: string | undefined;
}

/** Nothing else that a caller carries about. */
function idsOf({ userId, sessionId, address }: Who): Who {
  return { userId, sessionId, address };
}

type Refusal = { readonly event: string } & Readonly<Record<string, unknown>>;

/**
 * Who came in and who did not, in one form: `event` says what it was, and the other fields are ids, addresses, and
 * words of ours. What succeeds is always written. What is refused costs a stranger nothing, so of each event only so
 * much is written in a minute, and then how much was left out.
 */
export class SecurityLog {
  readonly #log: Log;
  readonly #refusals: EntryLimit;

  constructor(log: Log) {
    this.#log = log;
    this.#refusals = new EntryLimit({
      most: MAX_REFUSAL_ENTRIES,
      everyMs: REFUSAL_ENTRIES_MS,
      onLeftOut: (event, leftOut) => log.warn({ event, leftOut }, 'more of these than are written'),
    });
  }

  signedUp(who: WayIn): void {
    this.#log.info({ event: 'sign-up', ...who }, 'a new account');
  }

  signedIn(who: WayIn): void {
    this.#log.info({ event: 'sign-in', ...who }, 'signed in');
  }

  /** The first proof was right, and another one is wanted. */
  secondFactorAsked(who: WayIn): void {
    this.#log.info({ event: 'second-factor-asked', ...who }, 'asked for a second factor');
  }

  signInRefused({ second = false, ...who }: WayIn, reason: ErrorCode): void {
    const level = reason === 'rate_limited' ? 'warn' : 'info';
    const event = second ? 'second-factor-refused' : 'sign-in-refused';
    this.#write(level, { event, ...who, reason }, 'not signed in');
  }

  /** Of somebody who is signed in, for what only its owner may do. */
  proofRefused(who: WayIn, reason: ErrorCode): void {
    this.#write(
      'info',
      { event: 'proof-refused', ...idsOf(who), way: who.way, second: who.second, reason },
      'a proof was wrong',
    );
  }

  /** From a mail; whose it would be is known if one was sent. */
  mailCodeRefused(userId: string | undefined, purpose: string): void {
    this.#write('info', { event: 'mail-code-refused', userId, purpose }, 'a code from a mail was wrong');
  }

  passkeyRefused(userId: string, passkeyId: string): void {
    const facts = { event: 'passkey-refused', userId, passkeyId };
    this.#write('warn', facts, 'a passkey did not prove what it should');
  }

  /** Made up, expired, or of a session that has ended. `purpose` is a word of ours, or of an older wire's. */
  tokenRefused(who: Who, purpose: string): void {
    this.#write('info', { event: 'token-refused', ...idsOf(who), purpose }, 'a token opens nothing');
  }

  sessionReused(who: Who): void {
    this.#log.warn(
      { event: 'session-reused', ...idsOf(who) },
      'a used refresh token came again: session ended',
    );
  }

  sessionsEnded(sessionIds: readonly string[]): void {
    this.#log.info({ event: 'sessions-ended', sessionIds }, 'signed out');
  }

  accountChanged(what: NoticeKind | 'password-changed' | 'account-deleted', userId: string): void {
    this.#log.info({ event: what, userId }, 'an account has changed');
  }

  /** Writes of refusals only what somebody may not do: most are mistakes, and others have entries of their own. */
  refused({ code, message }: Pick<ChatError, 'code' | 'message'>, who: Who & Asked): void {
    if (code !== 'forbidden') return;
    const { method, path, request } = who;
    const facts = { event: 'forbidden', ...idsOf(who), method, path, request, reason: message };
    this.#write('info', facts, 'refused');
  }

  rateLimited(rate: RateName, who: Who): void {
    const level = rate === 'sign-in' ? 'warn' : 'info';
    this.#write(level, { event: 'rate-limited', rate, ...idsOf(who) }, 'asked too often');
  }

  /** What was left out until now. */
  flush(): void {
    this.#refusals.flush();
  }

  #write(level: 'info' | 'warn', facts: Refusal, message: string): void {
    if (this.#refusals.allows(facts.event)) this.#log[level](facts, message);
  }
}

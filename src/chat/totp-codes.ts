import { verify } from 'otplib';
import type { EntityManager } from '../entities/database.ts';
import { Totp } from '../entities/totp.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { MAX_TOTP_FAILURES, TOTP_PAUSE_SECONDS, TOTP_TOLERANCE_SECONDS } from './limits.ts';

const LIMITS = { failures: MAX_TOTP_FAILURES, pauseSeconds: TOTP_PAUSE_SECONDS };

/**
 * Uses up a code of the app, in a transaction of the caller's that holds the user's lock and that is committed in
 * either case: a wrong code counts. Answers what is wrong.
 */
export async function useTotpCode(
  chat: Pick<Chat, 'vault' | 'log'>,
  em: EntityManager,
  userId: string,
  code: string,
): Promise<ChatError | undefined> {
  const totp = await em.findOne(Totp, userId, { refresh: true });
  const now = new Date();
  if (!totp?.isOn) return wrongCode();
  if (totp.isPaused(now)) {
    const minutes = TOTP_PAUSE_SECONDS / 60;
    return new ChatError(
      'rate_limited',
      `too many wrong codes: wait ${minutes} minutes or prove it otherwise`,
    );
  }
  const opened = chat.vault.open('totp', userId, totp.secret);
  if (opened === undefined) {
    chat.log.error({ userId }, 'the secret of an authenticator app was sealed with a secret that is gone');
    return wrongCode();
  }
  const step = await stepOf(opened.text, code);
  if (step === undefined || step <= totp.lastStep) {
    totp.reject(now, LIMITS);
    return wrongCode();
  }
  totp.accept(step);
  if (opened.outdated) totp.secret = chat.vault.seal('totp', userId, opened.text);
  return undefined;
}

/** Which of the codes around now this is; undefined for none of them. */
export async function stepOf(secret: string, code: string): Promise<number | undefined> {
  if (!/^\d{6}$/.test(code)) return undefined;
  const result = await verify({ secret, token: code, epochTolerance: TOTP_TOLERANCE_SECONDS });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}

export function wrongCode(): ChatError {
  return new ChatError('wrong_credentials', 'this code is wrong or has been used');
}

import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { badCode, takeEmailCode } from './email-codes.ts';
import { issueEmailToken } from './email-tokens.ts';
import { evenly } from './evenly.ts';
import type { SignInWithPasscode } from './inputs/accounts.ts';
import { PASSCODE_ANSWER_MS } from './limits.ts';
import { passcodeMail } from './mails.ts';
import type { SignedIn, Visitor } from './open-session.ts';
import { signInAs, tryToSignIn } from './sign-in-as.ts';
import { findOwner } from './user-lookup.ts';

/**
 * Only to addresses that were proven: else whoever signs up with somebody else's address would share the account
 * with them from their first passcode on. Known and unknown addresses are answered by the same steps.
 */
export function requestPasscode(chat: Pick<Chat, 'database' | 'keys' | 'outbox'>, email: string): void {
  chat.outbox.post(async () => {
    const em = chat.database.em.fork();
    const user = await findOwner(em, email);
    if (user?.email == null) return undefined;
    const { id: userId, username, email: to } = user;
    const { code } = await issueEmailToken(chat, em, 'passcode', { userId, email: to });
    return passcodeMail({ userId, to, username, code });
  });
}

/** The code in place of the password. That a try is written down takes time, which must not tell of an account. */
export function signInWithPasscode(
  chat: Pick<Chat, 'database' | 'keys' | 'outbox' | 'tokens' | 'admins' | 'securityLog'>,
  { email, code, ...visitor }: SignInWithPasscode & Visitor,
): Promise<SignedIn> {
  return evenly(PASSCODE_ANSWER_MS, async () => {
    const { address } = visitor;
    const { signedIn } = await tryToSignIn(chat, { way: 'mail-code', address }, async (about) => {
      const proven = await takeEmailCode(chat, 'passcode', { email }, code);
      about(proven.userId);
      return chat.database.em.fork().transactional(async (em) => {
        const user = await lockUser(em, proven.userId);
        if (user.email !== proven.email || !user.verified) throw badCode();
        return signInAs(chat, em, user, visitor);
      });
    });
    return signedIn;
  });
}

import { challengeOver, findChallenge } from './challenges.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { ChatError } from './errors.ts';
import type { SecondFactor } from './inputs/factors.ts';
import { MAX_FACTOR_TRIES } from './limits.ts';
import type { SignedIn, Visitor } from './open-session.ts';
import { type AssertionOptions, assertionOptions } from './passkey-assertions.ts';
import { checkSecondFactor, wayOf } from './second-factors.ts';
import type { SignInOptions } from './sign-in.ts';
import { type NewSession, signInAs, tryToSignIn } from './sign-in-as.ts';

type Needs = Pick<
  Chat,
  | 'database'
  | 'outbox'
  | 'tokens'
  | 'admins'
  | 'vault'
  | 'log'
  | 'securityLog'
  | 'publicUrl'
  | 'allowedOrigins'
>;
type Given = SecondFactor & Pick<Visitor, 'address'>;

export async function answerSecondFactor(chat: Needs, input: Given): Promise<SignedIn> {
  return (await finishSignIn(chat, input)).signedIn;
}

/** The second half of a sign-in. A wrong answer may be corrected some times; then the first half comes anew. */
export function finishSignIn(
  chat: Needs,
  { challenge: token, passkey, address, ...typed }: Given,
  { admit, endsAt }: SignInOptions = {},
): Promise<NewSession> {
  const way = wayOf(typed);
  const prove = (about: (userId: string) => void) =>
    chat.database.em.fork().transactional(async (em) => {
      const asked = await findChallenge(em, 'second-factor', token);
      const user = asked?.userId == null ? undefined : await lockUser(em, asked.userId);
      // Once more under the lock: somebody else may have answered it meanwhile.
      const challenge = user && (await findChallenge(em, 'second-factor', token));
      if (!challenge) return challengeOver();
      about(user.id);
      admit?.(user);
      const { webauthn, device } = challenge;
      const given = { ...typed, passkey: passkey && { assertion: passkey, webauthn } };
      const refusal = await checkSecondFactor(chat, em, user.id, given);
      if (refusal) {
        challenge.tries += 1;
        // What a passkey was to sign is not shown to it twice.
        challenge.webauthn = null;
        if (challenge.tries >= MAX_FACTOR_TRIES) em.remove(challenge);
        return refusal;
      }
      em.remove(challenge);
      const opened = await signInAs(chat, em, user, { device, address, bothFactors: true });
      if (!(opened instanceof ChatError)) opened.session.expiresAt = endsAt ?? opened.session.expiresAt;
      return opened;
    });
  return tryToSignIn(chat, { way, second: true, address }, prove);
}

/** For who wants to answer with a passkey: what it has to sign. */
export async function askForPasskey(chat: Needs, token: string): Promise<AssertionOptions> {
  const em = chat.database.em.fork();
  const challenge = await findChallenge(em, 'second-factor', token);
  if (challenge?.userId == null) throw challengeOver();
  const options = await assertionOptions(chat, em, challenge.userId);
  challenge.webauthn = options.challenge;
  await em.flush();
  return options;
}

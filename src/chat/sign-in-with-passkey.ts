import { Passkey } from '../entities/passkey.ts';
import { issueChallenge, takeChallenge } from './challenges.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import type { PasskeySignIn } from './inputs/factors.ts';
import type { SignedIn, Visitor } from './open-session.ts';
import { type AssertionOptions, acceptAssertion, assertionOptions } from './passkey-assertions.ts';
import { wrongPasskey } from './second-factors.ts';
import { signInAs, tryToSignIn } from './sign-in-as.ts';

type Needs = Pick<
  Chat,
  'database' | 'outbox' | 'tokens' | 'admins' | 'securityLog' | 'publicUrl' | 'allowedOrigins'
>;

/** For whoever comes: who it is, the passkey is going to say. */
export async function askForAnyPasskey(
  chat: Needs,
): Promise<{ challenge: string; options: AssertionOptions }> {
  const em = chat.database.em.fork();
  const options = await assertionOptions(chat, em);
  const webauthn = options.challenge;
  return {
    challenge: await issueChallenge(em, { purpose: 'passkey-sign-in', userId: null, webauthn }),
    options,
  };
}

/** A passkey that knew its owner by finger, face or PIN is both factors at once. */
export async function signInWithPasskey(
  chat: Needs,
  { challenge: token, response, device, address }: PasskeySignIn & Visitor,
): Promise<SignedIn> {
  const { signedIn } = await tryToSignIn(chat, { way: 'passkey', address }, async (about) => {
    const em = chat.database.em.fork();
    const webauthn = (await takeChallenge(em, 'passkey-sign-in', token))?.webauthn;
    const passkey = await em.findOne(Passkey, { credentialId: response.id });
    about(passkey?.userId);
    if (webauthn == null || !passkey) throw wrongPasskey();
    return em.transactional(async (em) => {
      const user = await lockUser(em, passkey.userId);
      const expected = { userId: user.id, webauthn, userVerified: true };
      if (!(await acceptAssertion(chat, em, response, expected))) return wrongPasskey();
      return signInAs(chat, em, user, { device, address, bothFactors: true });
    });
  });
  return signedIn;
}

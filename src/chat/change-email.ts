import { EmailToken } from '../entities/email-token.ts';
import { meView } from './admins.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { withFreshProof } from './fresh-proof.ts';
import type { ChangeEmail, FreshProof } from './inputs/factors.ts';
import { notice, readerOf } from './notices.ts';
import { offerVerification } from './post-verification.ts';
import type { OwnUserView } from './views.ts';

type Needs = Parameters<typeof withFreshProof>[0] & Parameters<typeof offerVerification>[0];

/**
 * Claims it, and asks by mail whether it is theirs. One that they have proven stays in force until then, for the new
 * one may be mistyped, or not theirs to say; saying the old one again calls the change off.
 */
export async function changeEmail(
  chat: Needs & Pick<Chat, 'admins'>,
  caller: Caller,
  { email, proof }: ChangeEmail,
): Promise<OwnUserView> {
  const { user, reader } = await withFreshProof(chat, caller, proof, async (_, user) => {
    const reader = readerOf(user);
    user.claimEmail(email, new Date());
    return { user, reader };
  });
  if (user.unprovenEmail !== null) {
    notice(chat, 'email-asked', { userId: user.id, reader });
    offerVerification(chat, user.id);
  }
  return meView(chat, user);
}

/** With what was claimed, and with every link and code that is still on its way. */
export async function removeEmail(chat: Needs, caller: Caller, proof: FreshProof): Promise<void> {
  const reader = await withFreshProof(chat, caller, proof, async (em, user) => {
    if (user.email == null) throw new ChatError('not_found', 'this account has no email address');
    const reader = readerOf(user);
    user.dropEmail();
    await em.nativeDelete(EmailToken, { userId: user.id });
    return reader;
  });
  notice(chat, 'email-removed', { userId: caller.userId, reader });
}

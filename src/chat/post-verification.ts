import type { Chat } from './chat.ts';
import { issueEmailToken } from './email-tokens.ts';
import { ChatError } from './errors.ts';
import type { Mail } from './mailer.ts';
import { claimedAddressMail, verificationMail } from './mails.ts';
import { findOwner, getUserOrFail } from './user-lookup.ts';

type Needs = Pick<Chat, 'database' | 'keys' | 'outbox' | 'publicUrl' | 'limits'>;

/** How a wire wants what its mails carry. */
export interface MailedProof {
  /** As long and as random as it takes; without it ours. */
  readonly newToken?: () => string;
  readonly link: (token: string) => string;
}

/** The account is there; that the mail has to wait is no reason to say otherwise. They can ask for another one. */
export function offerVerification(chat: Needs, userId: string, proof?: MailedProof): void {
  chat.outbox.offer(() => writeVerification(chat, userId, proof));
}

/** The mail again, with a new link: the one before stops working. */
export async function resendVerification(chat: Needs, callerId: string): Promise<void> {
  const user = await getUserOrFail(chat.database.em.fork(), callerId);
  if (user.email == null) throw new ChatError('conflict', 'this account has no email address');
  if (user.unprovenEmail === null) throw new ChatError('conflict', 'this email address is verified already');
  chat.outbox.post(() => writeVerification(chat, callerId));
}

/**
 * Asks by mail whether the address is theirs. If it is somebody's already, that is for the owner to know and not for
 * whoever typed it: so nobody looks before this, and one mail goes out in either case.
 */
async function writeVerification(
  chat: Needs,
  userId: string,
  { newToken, link = ourLink(chat) }: Partial<MailedProof> = {},
): Promise<Mail | undefined> {
  const em = chat.database.em.fork();
  const user = await getUserOrFail(em, userId);
  const email = user.unprovenEmail;
  if (email === null || !chat.limits.allows('claim', { mailbox: email })) return undefined;
  const owner = await findOwner(em, email);
  if (owner !== null) {
    const { id, username, email: to = null } = owner;
    const link = `${chat.publicUrl()}/`;
    return to === null
      ? undefined
      : claimedAddressMail({ userId: id, to, username, claimant: user.username, link });
  }
  const { token, code } = await issueEmailToken(chat, em, 'verify', { userId, email }, newToken);
  return verificationMail({ userId, to: email, link: link(token), code });
}

function ourLink({ publicUrl }: Needs): MailedProof['link'] {
  return (token) => `${publicUrl()}/email/verify?token=${token}`;
}

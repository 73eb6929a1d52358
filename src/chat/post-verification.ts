import type { Chat } from './chat.ts';
import { issueEmailToken } from './email-tokens.ts';
import { ChatError } from './errors.ts';
import type { Mail } from './mailer.ts';
import { verificationMail } from './mails.ts';
import { getUserOrFail } from './user-lookup.ts';

type Needs = Pick<Chat, 'database' | 'keys' | 'outbox' | 'publicUrl'>;

interface Address {
  readonly userId: string;
  readonly email: string;
}

/** Asks by mail whether the address is theirs. */
function postVerification(chat: Needs, address: Address): void {
  chat.outbox.post(() => writeVerification(chat, address));
}

/** The account is there; that the mail has to wait is no reason to say otherwise. They can ask for another one. */
export function offerVerification(chat: Needs, address: Address): void {
  chat.outbox.offer(() => writeVerification(chat, address));
}

async function writeVerification(chat: Needs, { userId, email }: Address): Promise<Mail> {
  const { token, code } = await issueEmailToken(chat, chat.database.em.fork(), 'verify', { userId, email });
  const link = `${chat.publicUrl()}/email/verify?token=${token}`;
  return verificationMail({ userId, to: email, link, code });
}

/** The mail again, with a new link: the one before stops working. */
export async function resendVerification(chat: Needs, callerId: string): Promise<void> {
  const { id: userId, email, verified } = await getUserOrFail(chat.database.em.fork(), callerId);
  if (email == null) throw new ChatError('conflict', 'this account has no email address');
  if (verified) throw new ChatError('conflict', 'this email address is verified already');
  postVerification(chat, { userId, email });
}

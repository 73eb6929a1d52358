import { randomUUID } from 'node:crypto';
import type { EntityManager } from '../entities/database.ts';
import { EmailToken, type EmailTokenPurpose } from '../entities/email-token.ts';
import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { codeHashes, newCode } from './email-codes.ts';
import { ChatError } from './errors.ts';
import { EMAIL_TOKEN_SECONDS } from './limits.ts';
import { newToken, tokenHash } from './tokens.ts';

/** 128 bit, and no more: a link that fits into a line of a mail is sent as it is, and can be copied from the file. */
const LINK_TOKEN_BYTES = 16;

/** What a mail carries, by what it is for. */
const CARRIES: Record<EmailTokenPurpose, { readonly link: boolean; readonly code: boolean }> = {
  verify: { link: true, code: true },
  reset: { link: true, code: false },
  passcode: { link: false, code: true },
  password: { link: false, code: true },
};

export interface Issued {
  /** For the link. */
  readonly token: string;
  readonly code: string;
}

/** Takes the place of the one that this person had for this purpose. What the mail does not carry is good for nothing. */
export async function issueEmailToken(
  chat: Pick<Chat, 'keys'>,
  em: EntityManager,
  purpose: EmailTokenPurpose,
  { userId, email }: { readonly userId: string; readonly email: string },
  makeToken = () => newToken(LINK_TOKEN_BYTES),
): Promise<Issued> {
  const token = makeToken();
  const code = newCode();
  const now = new Date();
  await em.upsert(
    EmailToken,
    {
      id: randomUUID(),
      userId,
      purpose,
      email,
      hash: CARRIES[purpose].link ? tokenHash(token) : null,
      codeHash: CARRIES[purpose].code ? codeHashes(chat, purpose, userId, code)[0]! : null,
      tries: 0,
      createdAt: now,
      expiresAt: new Date(now.getTime() + EMAIL_TOKEN_SECONDS[purpose] * 1_000),
      usedAt: null,
    },
    {
      onConflictFields: ['userId', 'purpose'],
      onConflictMergeFields: ['email', 'hash', 'codeHash', 'tries', 'createdAt', 'expiresAt', 'usedAt'],
    },
  );
  return { token, code };
}

/** Whatever has become of it. */
export function findEmailToken(
  em: EntityManager,
  purpose: EmailTokenPurpose,
  token: string,
): Promise<EmailToken | null> {
  return em.findOne(EmailToken, { hash: tokenHash(token), purpose });
}

/** Looks only: for whoever has dear work to do before the token is taken. */
export async function checkEmailToken(
  em: EntityManager,
  purpose: EmailTokenPurpose,
  token: string,
): Promise<EmailToken> {
  const found = await findEmailToken(em, purpose, token);
  if (!found?.isUsable(new Date())) throw badToken();
  return found;
}

/** Whose it was, locked, and the address that is proven by it. */
export interface Taken {
  readonly user: User;
  readonly email: string;
}

/** Uses it up, in a transaction of the caller's. */
export async function takeEmailToken(
  em: EntityManager,
  purpose: EmailTokenPurpose,
  token: string,
): Promise<Taken> {
  const { userId, email } = await checkEmailToken(em, purpose, token);
  const user = await lockUser(em, userId);
  const now = new Date();
  const taken = await em.nativeUpdate(
    EmailToken,
    { hash: tokenHash(token), purpose, usedAt: null, expiresAt: { $gt: now } },
    { usedAt: now },
  );
  if (taken === 0 || !isTheirs(user, purpose, email)) throw badToken();
  return { user, email };
}

/** What was sent to an address that is not in force, and perhaps never will be, opens nothing. */
export function isTheirs(user: User, purpose: EmailTokenPurpose, email: string): boolean {
  return email === user.email || (purpose === 'verify' && email === user.newEmail);
}

/** One answer for used, expired, replaced, foreign and made up. */
export function badToken(): ChatError {
  return new ChatError('wrong_credentials', 'this link has been used, has expired or never was ours');
}

import { randomUUID } from 'node:crypto';
import type { EntityManager } from '../entities/database.ts';
import { EmailToken, type EmailTokenPurpose } from '../entities/email-token.ts';
import type { User } from '../entities/user.ts';
import { lockUser } from './credentials.ts';
import { ChatError } from './errors.ts';
import { EMAIL_TOKEN_SECONDS } from './limits.ts';
import { newToken, tokenHash } from './tokens.ts';

/** 128 bit, and no more: a link that fits into a line of a mail is sent as it is, and can be copied from the file. */
const LINK_TOKEN_BYTES = 16;

/** Takes the place of the one that this person had for this purpose. */
export async function issueEmailToken(
  em: EntityManager,
  purpose: EmailTokenPurpose,
  { userId, email }: { readonly userId: string; readonly email: string },
): Promise<string> {
  const token = newToken(LINK_TOKEN_BYTES);
  const now = new Date();
  await em.upsert(
    EmailToken,
    {
      id: randomUUID(),
      userId,
      purpose,
      email,
      hash: tokenHash(token),
      createdAt: now,
      expiresAt: new Date(now.getTime() + EMAIL_TOKEN_SECONDS[purpose] * 1_000),
      usedAt: null,
    },
    {
      onConflictFields: ['userId', 'purpose'],
      onConflictMergeFields: ['email', 'hash', 'createdAt', 'expiresAt', 'usedAt'],
    },
  );
  return token;
}

/** Looks only: for whoever has dear work to do before the token is taken. */
export async function checkEmailToken(
  em: EntityManager,
  purpose: EmailTokenPurpose,
  token: string,
): Promise<EmailToken> {
  const found = await em.findOne(EmailToken, { hash: tokenHash(token), purpose });
  if (!found?.isUsable(new Date())) throw badToken();
  return found;
}

/** Uses it up, in a transaction of the caller's. Answers whose it was, locked. */
export async function takeEmailToken(
  em: EntityManager,
  purpose: EmailTokenPurpose,
  token: string,
): Promise<User> {
  const { userId, email } = await checkEmailToken(em, purpose, token);
  const user = await lockUser(em, userId);
  const now = new Date();
  const taken = await em.nativeUpdate(
    EmailToken,
    { hash: tokenHash(token), purpose, usedAt: null, expiresAt: { $gt: now } },
    { usedAt: now },
  );
  if (taken === 0 || user.email !== email) throw badToken();
  return user;
}

/** One answer for used, expired, replaced, foreign and made up. */
function badToken(): ChatError {
  return new ChatError('wrong_credentials', 'this link has been used, has expired or never was ours');
}

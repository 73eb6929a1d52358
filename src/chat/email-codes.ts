import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { query } from '../entities/database.ts';
import type { EmailTokenPurpose } from '../entities/email-token.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { MAX_CODE_TRIES } from './limits.ts';

const CODE_DIGITS = 6;

/** Whom a code was sent to, and where. */
export interface Proven {
  readonly userId: string;
  readonly email: string;
}

/** Who is asked about: somebody signed in, or the owner of an address that somebody typed. */
export type CodeOwner = { readonly userId: string } | { readonly email: string };

export function newCode(): string {
  return String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
}

/** With a key, since a million hashes are soon made; for one person and purpose. The current key's comes first. */
export function codeHashes(
  { keys }: Pick<Chat, 'keys'>,
  purpose: EmailTokenPurpose,
  userId: string,
  code: string,
): string[] {
  const text = `${purpose} ${userId} ${code}`;
  return keys
    .derive('parlour mail codes')
    .map((key) => createHmac('sha256', key).update(text).digest('base64url'));
}

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly email: string;
  readonly code_hash: string;
}

const OWNER = {
  userId: '$1::uuid',
  email: '(select id from "user" where lower(email) = lower($1) and verified)',
} as const;

/**
 * Uses a code up, and commits that before anything comes of it. A wrong one costs one of its few tries, which
 * are counted before they are looked at: many at the same moment are no more than that.
 */
export async function takeEmailCode(
  chat: Pick<Chat, 'database' | 'keys' | 'securityLog'>,
  purpose: EmailTokenPurpose,
  owner: CodeOwner,
  code: string,
): Promise<Proven> {
  const now = new Date();
  const [known, value] = 'userId' in owner ? [OWNER.userId, owner.userId] : [OWNER.email, owner.email];
  const [row] = await query<Row>(
    chat.database.em,
    `update email_token set tries = tries + 1
     where user_id = ${known} and purpose = $2 and code_hash is not null
       and used_at is null and expires_at > $3 and tries < $4
     returning id, user_id, email, code_hash`,
    [value, purpose, now, MAX_CODE_TRIES],
  );
  const right = codeHashes(chat, purpose, row?.user_id ?? '', code).some((hash) =>
    equal(hash, row?.code_hash),
  );
  if (row === undefined || !right) {
    chat.securityLog.mailCodeRefused(row?.user_id, purpose);
    throw badCode();
  }
  const taken = await query(
    chat.database.em,
    'update email_token set used_at = $2 where id = $1 and used_at is null and code_hash = $3 returning id',
    [row.id, now, row.code_hash],
  );
  if (taken.length === 0) throw badCode();
  return { userId: row.user_id, email: row.email };
}

function equal(hash: string, kept = hash.replace(/./g, '-')): boolean {
  const [one, other] = [Buffer.from(hash), Buffer.from(kept)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** One answer for wrong, used, expired, tried too often, and never sent. */
export function badCode(): ChatError {
  return new ChatError('wrong_credentials', 'this code is wrong, has been used or has expired');
}

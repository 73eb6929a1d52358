import type { Context } from 'hono';
import { z } from 'zod';
import { displayName, email } from '../../../chat/inputs/accounts.ts';
import { groupNameInput, visibilityInput } from '../../../chat/inputs/conversations.ts';
import { MAX_POSITION } from '../../../chat/inputs/messages.ts';
import { givenPassword } from '../../../chat/inputs/passwords.ts';
import { cleanText } from '../../../chat/inputs/text.ts';
import { MAX_MEMBERS_ADDED } from '../../../chat/limits.ts';
import { type Fields, parseObject } from '../fields.ts';
import { DEFAULT_MESSAGES, MAX_CHATS, MAX_LOGIN_LENGTH, MAX_MESSAGES, MAX_OFFSET } from './limits.ts';

/** JSON, whatever its type says: these clients send none. */
export async function readBody(c: Context): Promise<Fields> {
  return parseObject(await c.req.text());
}

/** Whatever can stand between two slashes of an address, and does not lead elsewhere there. */
const newLogin = cleanText(MAX_LOGIN_LENGTH, 1)
  .normalize()
  .refine((text) => !/[/\p{Cc}]|^\.\.?$/u.test(text), 'holds characters that no login may have');

const emailAsLogin = z.object({ login: z.unknown(), email: z.unknown() }).partial();

/** Later clients know their people by an address and send that. */
function withLogin(fields: unknown): unknown {
  const { login, email } = emailAsLogin.parse(fields);
  return { ...(fields as Fields), login: login ?? email };
}

export const registerInput = z.preprocess(
  withLogin,
  z.object({
    username: displayName,
    login: newLogin,
    email: email.nullish().catch(null),
    password: givenPassword
      .min(1)
      .refine((text) => text.isWellFormed(), 'holds characters that cannot be stored'),
  }),
);

/** What cannot be a login is answered like a wrong one. */
export const loginInput = z.preprocess(
  withLogin,
  z.object({ login: z.string().min(1).max(MAX_LOGIN_LENGTH), password: givenPassword.min(1) }),
);

export const usernameInput = z.object({ username: displayName });

const offset = z.coerce.number().int().min(0).max(MAX_OFFSET).default(0);
export const chatsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_CHATS).default(MAX_CHATS),
  offset,
});
export const messagesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_MESSAGES).default(DEFAULT_MESSAGES),
  offset,
});

export const groupNumber = z
  .string()
  .regex(/^\d{1,10}$/, 'a group is known by a number')
  .transform(Number)
  .refine((number) => number <= MAX_POSITION, 'no group has such a number');

const logins = z.array(z.string().max(MAX_LOGIN_LENGTH).normalize()).max(MAX_MEMBERS_ADDED);
export const groupInput = z.object({
  name: groupNameInput,
  type: visibilityInput.default('private'),
  members: logins.optional(),
  member_logins: logins.optional(),
});

export const relayInput = z.object({
  sender_userID: z.string(),
  receiver_userID: z.string(),
  time: z.string().optional(),
  text: z.string(),
});
export const unsentInput = z.object({ receiver_userID: z.string() });

import { randomInt } from 'node:crypto';
import type { Context } from 'hono';
import type { Chat } from '../../../chat/chat.ts';
import { createAccount } from '../../../chat/create-account.ts';
import { findAccount } from '../../../chat/find-account.ts';
import { postResetToken } from '../../../chat/forgot-password.ts';
import { email as emailInput } from '../../../chat/inputs/accounts.ts';
import { resetPasswordOf } from '../../../chat/reset-password.ts';
import { verifyEmailOf } from '../../../chat/verify-email.ts';
import type { User } from '../../../entities/user.ts';
import type { App } from '../../app.ts';
import { clientAddress } from '../../client-address.ts';
import { nameOf, readBody } from './fields.ts';
import { MAX_PASSWORD, MIN_PASSWORD, TOKEN_LETTERS } from './limits.ts';
import { inWords, Refusal } from './refusal.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** What one does without being logged in, and what mails lead to. */
export function accountRoutes(app: App, chat: Chat, base: string, prefix: string): void {
  const limit = (c: Context, rate: 'sign-up' | 'mail' | 'proof'): void =>
    chat.limits.take(rate, { address: clientAddress(c) });

  app.post(`${base}/api/register`, async (c) => {
    const field = await readBody(c);
    if (field('password') === '') throw new Refusal(422, 'password is empty');
    const username = nameOf(field('user'));
    const email = emailOf(field('email'));
    const password = passwordOf(field('password'));
    limit(c, 'sign-up');
    const link = (token: string) =>
      `${chat.publicUrl()}${prefix}/api/verifyEmail/${encodeURIComponent(username)}/${token}`;
    const account = {
      ...{ username, email, password, proof: { newToken: newLetters, link } },
      // Nobody is logged in by this.
      ...{ device: 'chatty', address: clientAddress(c), terms: { lastsSeconds: 0 } },
    };
    const taken = [409, 'user already registered'] as const;
    await inWords(createAccount(chat, account), { username_taken: taken, email_taken: taken });
    return c.body(null);
  });

  app.get(`${base}/api/verifyEmail/:user/:token`, async (c) => {
    limit(c, 'proof');
    const { id } = await accountOf(c.req.param('user'));
    const bad = [400, 'bad activation token'] as const;
    await inWords(verifyEmailOf(chat, id, c.req.param('token')), { wrong_credentials: bad });
    return c.body(null);
  });

  app.post(`${base}/api/requestResetPassword`, async (c) => {
    const field = await readBody(c);
    if (field('user') === '') throw new Refusal(400, 'username is empty');
    limit(c, 'mail');
    const user = await accountOf(field('user'));
    if (user.email == null) throw new Refusal(400, "couldn't send email: this user has no address");
    postResetToken(chat, user.id, newLetters);
    return c.body(null);
  });

  app.post(`${base}/api/resetPassword`, async (c) => {
    const field = await readBody(c);
    const [user, token, given] = [field('user'), field('passwordResetToken'), field('password')];
    if (user === '' || token === '' || given === '') throw new Refusal(400, 'some fields are empty');
    limit(c, 'proof');
    const { id } = await accountOf(user);
    const password = passwordOf(given);
    const bad = [400, 'bad reset password token'] as const;
    await inWords(resetPasswordOf(chat, id, { token, password }), { wrong_credentials: bad });
    return c.body(null);
  });

  async function accountOf(name: string): Promise<User> {
    const user = await findAccount(chat, name);
    if (user === undefined) throw new Refusal(400, "user doesn't exist");
    return user;
  }
}

function emailOf(text: string): string {
  const parsed = emailInput.safeParse(text);
  if (!parsed.success) throw new Refusal(400, 'email is not a valid address');
  return parsed.data;
}

/** Asked where one is set, never at logging in: accounts come from other wires, too. */
function passwordOf(text: string): string {
  const password = text.normalize();
  const { length } = [...password];
  if (length < MIN_PASSWORD || length > MAX_PASSWORD || !password.isWellFormed())
    throw new Refusal(400, `password must have ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`);
  return password;
}

function newLetters(): string {
  return Array.from({ length: TOKEN_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

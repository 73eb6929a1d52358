import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import { allMails, type ReadMail } from '../../support/mailbox.ts';
import type { TestServer } from '../../support/server.ts';
import { ask, type RawReply } from '../support/raw-fetch.ts';

/** Somebody with an account of this dialect and its token, as a client without a cookie jar. */
export interface Gnw {
  readonly username: string;
  readonly email: string;
  readonly token: string;
  readonly chatID: string;
  post(path: string, fields?: object): Promise<RawReply>;
}

export const PASSWORD = 'x';

/** A new account whose username begins with `name`; `root` is where the dialect begins. */
export async function signUp(root: string, name: string, fields: object = {}): Promise<Gnw> {
  const id = randomUUID().slice(0, 8);
  const [username, email] = [`${name}-${id}`, `${id}@example.com`];
  const json = { username, password: PASSWORD, email, display_name: name, ...fields };
  const { status, body, cookies } = await ask('POST', `${root}/signup`, { json });
  if (status !== 200) throw new Error(`${name} could not sign up: ${JSON.stringify(body)}`);
  return { ...body, token: tokenIn(cookies), post: poster(root, tokenIn(cookies)) };
}

export function poster(root: string, token: string): Gnw['post'] {
  return (path, fields = {}) =>
    ask('POST', `${root}${path}`, { json: fields, headers: { Authorization: `Bearer ${token}` } });
}

export function tokenIn(cookies: readonly string[]): string {
  return cookies.find((cookie) => cookie.startsWith('opaque_token='))?.slice('opaque_token='.length) ?? '';
}

/** Answers the id of their conversation. */
export async function befriend(one: Gnw, other: Gnw): Promise<string> {
  await one.post('/addFriend', { friend_username: other.username });
  const { body } = await other.post('/acceptRequest', { friend_username: one.username });
  return body.conversationId;
}

const PASSCODE = 'Your code for a new password';

export function passcodesTo(server: TestServer, address: string): Promise<ReadMail[]> {
  return mailsTo(server, address, PASSCODE);
}

export async function passcodeFor(server: TestServer, address: string): Promise<string> {
  return (await awaitMail(server, address, PASSCODE)).code;
}

/** Opens the link of the mail that asks whether the address is theirs. */
export async function verifyAddress(server: TestServer, { email }: Pick<Gnw, 'email'>): Promise<void> {
  const { link, token } = await awaitMail(server, email, 'Is this your email address?');
  const { status } = await ask('POST', link.replace(/\?.*/, ''), { form: { token } });
  if (status !== 200) throw new Error(`${email} could not be verified`);
}

async function mailsTo(server: TestServer, address: string, subject: string): Promise<ReadMail[]> {
  return (await allMails(server)).filter((mail) => mail.to === address && mail.subject === subject);
}

/** Mails are written after the answer, and not always in the order in which they were asked for. */
function awaitMail(server: TestServer, address: string, subject: string): Promise<ReadMail> {
  return vi.waitFor(
    async () => {
      const [mail] = await mailsTo(server, address, subject);
      if (!mail) throw new Error(`"${subject}" did not come to ${address}`);
      return mail;
    },
    { timeout: 10_000, interval: 20 },
  );
}

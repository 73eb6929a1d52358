import { createHmac, randomUUID } from 'node:crypto';
import { type Person, personOf } from '../../support/cast.ts';
import type { TestServer } from '../../support/server.ts';
import { ask, type RawReply } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';

/** What `POST /api/register` and `POST /api/auth_token` answer. */
export interface Keys {
  readonly access_key_id: string;
  readonly secret_access_key: string;
  readonly refresh_token: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly modified_at: string;
  readonly is_refreshable: boolean;
}

const PASSWORD = 'secret-enough';

/** As an old client has it: its keys, and a token that it signed with them. */
export interface Client {
  readonly username: string;
  readonly password: string;
  readonly keys: Keys;
  readonly token: string;
  get(path: string): Promise<RawReply>;
  /** The WebSocket, with the token in its address as in a browser. */
  connect(): Promise<RawSocket>;
}

let phones = 0;

export function form(username: string): Record<string, string> {
  phones += 1;
  return {
    first_name: 'Bob',
    last_name: 'Bobson',
    username,
    password: PASSWORD,
    email: `${username}@example.com`,
    phone: `0123${phones}`,
  };
}

/** A name that begins with `name` and is nobody else's. */
export function freshName(name: string): string {
  return `${name}_${randomUUID().slice(0, 8)}`;
}

export async function registered(url: string, name: string): Promise<Client> {
  const fields = form(freshName(name));
  const { status, body, text } = await ask('POST', `${url}/api/register`, { form: fields });
  if (status !== 200) throw new Error(`${name} could not register: ${text}`);
  return clientWith(url, fields.username!, body.data[0].token);
}

export async function signedIn(url: string, username: string, password = PASSWORD): Promise<Client> {
  const { status, body, text } = await ask('POST', `${url}/api/auth_token`, { form: { username, password } });
  if (status !== 200) throw new Error(`${username} could not sign in: ${text}`);
  return clientWith(url, username, body.data[0]);
}

export function clientWith(url: string, username: string, keys: Keys): Client {
  const token = sign(keys, {});
  return {
    ...{ username, password: PASSWORD, keys, token },
    get: (path) => ask('GET', `${url}${path}`, { headers: { Authorization: `Bearer ${token}` } }),
    connect: () => RawSocket.open(`${url}/api/ws?access_token=${token}`),
  };
}

/** By hand, as in any language: no library of ours. */
export function sign(
  { access_key_id, secret_access_key }: Pick<Keys, 'access_key_id' | 'secret_access_key'>,
  claims: unknown,
  header: object = {},
): string {
  const parts = [{ alg: 'HS256', typ: 'JWT', access_key: access_key_id, ...header }, claims];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const hash = { HS384: 'sha384', HS512: 'sha512' }[(header as { alg?: string }).alg ?? ''] ?? 'sha256';
  return `${signed}.${createHmac(hash, secret_access_key).update(signed).digest('base64url')}`;
}

/** The same account by our own API and SDK. */
export async function native(server: Pick<TestServer, 'url' | 'api'>, client: Client): Promise<Person> {
  const { username, password } = client;
  return personOf(server.url, (await server.api('POST', '/sessions', { username, password })).body);
}

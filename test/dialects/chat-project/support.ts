import { expect } from 'vitest';
import { ask, type RawReply, type RawRequest } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';

export const PASSWORD = 'strongpassword123';

/** Somebody with an account of this dialect, and a client that knows nothing but its description. */
export interface Client {
  readonly id: string;
  readonly username: string;
  readonly access: string;
  readonly refresh: string;
  /** The base of all its paths. */
  readonly at: string;
  ask(method: string, path: string, json?: unknown, more?: RawRequest): Promise<RawReply>;
  socket(query?: string): Promise<RawSocket>;
}

let people = 0;

export async function client(at: string, name: string, fields: object = {}): Promise<Client> {
  people += 1;
  const username = `${name}-${process.pid}-${people}`;
  const json = { username, email: `${username}@example.org`, password: PASSWORD, ...fields };
  const { status, body, text } = await ask('POST', `${at}/api/users/signup/`, { json });
  if (status !== 201) throw new Error(`${name} could not sign up: ${status} ${text}`);
  return clientOf(at, json.username, body);
}

export function clientOf(
  at: string,
  username: string,
  { access, refresh }: { access: string; refresh: string },
): Client {
  return {
    id: claimsOf(access).user_id,
    username,
    access,
    refresh,
    at,
    ask: (method, path, json, more) =>
      ask(method, at + path, {
        json,
        ...more,
        headers: { Authorization: `Bearer ${access}`, ...more?.headers },
      }),
    socket: (query = '') =>
      RawSocket.open(`${at}/ws/messages/${query}`, {
        headers: { Authorization: `Bearer ${access}`, refresh },
      }),
  };
}

export function claimsOf(token: string): Record<string, any> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
}

export async function login(at: string, username: string, password = PASSWORD): Promise<Client> {
  const { status, body, text } = await ask('POST', `${at}/api/users/login/`, {
    json: { username, password },
  });
  if (status !== 200) throw new Error(`${username} could not log in: ${status} ${text}`);
  return clientOf(at, username, body);
}

/** As most of its clients begin: asked with what the description shows, answered in kind. */
export async function befriend(one: Client, other: Client): Promise<string> {
  const path = '/api/users/friendship/';
  const { body } = await one.ask('POST', path, { to_user: other.id, status: 'accepted' });
  await other.ask('PATCH', path, { friendship_id: body.id, status: 'accepted' });
  return body.id;
}

export function listOf(reply: RawReply): string[] {
  return reply.body.results.map(({ message }: { message: { content: string } }) => message.content);
}

export const UUID = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
);
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

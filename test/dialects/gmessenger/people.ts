import { ask, type RawReply, type RawRequest } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';

export const PASSWORD = 'somepassword';

/** Somebody with this server's cookie and nothing else. */
export interface Visitor {
  readonly login: string;
  readonly token: string;
  readonly cookie: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<RawReply>;
  post(path: string, body?: unknown): Promise<RawReply>;
  /** As the document says: by the token in the address. */
  socket(path: string): Promise<RawSocket>;
}

/** As these clients do it: JSON, and not a word about its type. */
export function post(url: string, body: unknown, headers: RawRequest['headers'] = {}): Promise<RawReply> {
  return ask('POST', url, { body: typeof body === 'string' ? body : JSON.stringify(body), headers });
}

export async function register(root: string, login: string, username = login): Promise<Visitor> {
  const { status, text, body } = await post(`${root}/register`, { username, login, password: PASSWORD });
  if (status !== 200) throw new Error(`${login} could not register: ${status} ${text}`);
  return visitor(root, login, body.Value);
}

export async function signIn(root: string, login: string, password = PASSWORD): Promise<Visitor> {
  const { status, text, body } = await post(`${root}/login`, { login, password });
  if (status !== 200) throw new Error(`${login} could not sign in: ${status} ${text}`);
  return visitor(root, login, body.Value);
}

export function visitor(root: string, login: string, token: string): Visitor {
  const cookie = `sessionToken=${token}`;
  return {
    ...{ login, token, cookie },
    get: (path, headers) => ask('GET', root + path, { headers: { cookie, ...headers } }),
    post: (path, body) =>
      ask('POST', root + path, {
        headers: { cookie },
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
    socket: (path) => RawSocket.open(`${root}${path}${path.includes('?') ? '&' : '?'}token=${token}`),
  };
}

let people = 0;
/** Of a test alone: what others say to theirs is not heard. */
export function names(): [string, string, string] {
  people += 1;
  return [`alice${people}`, `bob${people}`, `carol${people}`];
}

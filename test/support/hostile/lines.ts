import { ask, type Hostile, raw, type Target } from './target.ts';

const get = (target: Target, path: string) =>
  ask(`${target.url}${path}`, { headers: { Authorization: `Bearer ${target.alice.accessToken}` } });

/** Queries and paths, asked by somebody who is signed in. */
const ADDRESSES: Readonly<Record<string, string>> = {
  'a page of minus one': '/api/v1/users?query=a&limit=-1',
  'a page of a million': '/api/v1/users?query=a&limit=1000000',
  'a page of words': '/api/v1/users?query=a&limit=ten',
  'a NUL to look for': '/api/v1/users?query=%00',
  'a cursor that is not ours': '/api/v1/users?query=a&cursor=bm90IG91cnM',
  'a cursor with SQL in it': `/api/v1/sessions?cursor=${Buffer.from(`{"createdAt":"' or 1=1 --","id":"x"}`).toString('base64url')}`,
  'a cursor with __proto__ in it': `/api/v1/sessions?cursor=${Buffer.from('{"__proto__":{"id":1}}').toString('base64url')}`,
  'a cursor of 5,000 letters': `/api/v1/sessions?cursor=${'a'.repeat(5_000)}`,
  'an id with SQL in it': `/api/v1/users/${encodeURIComponent(`' or 1=1 --`)}`,
  'an id of nothing but a NUL': '/api/v1/users/%00',
  'a path with half a percent sign': '/api/v1/users/%zz',
  'a path out of the folder': '/docs/..%2f..%2f..%2fetc%2fpasswd',
  'a path out of the monitor’s folder': '/monitor/assets/..%2f..%2fpackage.json',
  'a path of 5,000 letters': `/${'a'.repeat(5_000)}`,
  'a method of the object that holds the routes': '/matchmake/constructor/inbox',
};

const request = (line: string, ...headers: string[]) =>
  `${line}\r\nHost: localhost\r\nConnection: close\r\n${headers.map((each) => `${each}\r\n`).join('')}\r\n`;

/** What no client of HTTP would send. */
const LINES: Readonly<Record<string, string | Uint8Array>> = {
  'no HTTP at all': 'hello\r\n\r\n',
  'the beginning of TLS': Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03),
  'the beginning of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a version that there is not': request('GET / HTTP/9.9'),
  'a method that there is not': request('BREW / HTTP/1.1'),
  TRACE: request('TRACE / HTTP/1.1', 'Cookie: secret=1'),
  'a tunnel': 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n',
  'two lengths': `${request('POST /api/v1/accounts HTTP/1.1', 'Content-Length: 2', 'Content-Length: 3')}{}`,
  'a length and pieces': `${request('POST /api/v1/accounts HTTP/1.1', 'Content-Length: 2', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  'a negative length': request('POST /api/v1/accounts HTTP/1.1', 'Content-Length: -5'),
  'a piece whose length is no number': `${request('POST /api/v1/accounts HTTP/1.1', 'Transfer-Encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`,
  'headers of 40 KB': request('GET / HTTP/1.1', `X-Long: ${'x'.repeat(40_000)}`),
  'a thousand headers': request(
    'GET /nowhere HTTP/1.1',
    ...Array.from({ length: 1_000 }, (_, n) => `X-${n}: ${n}`),
  ),
  'a header with a NUL': request('GET / HTTP/1.1', 'X-Nul: a\0b'),
  'a header that is folded': request('GET / HTTP/1.1', 'X-Folded: a\r\n b\r\n c: d', ' e'),
};

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const ROOM = '/proc1/room1?sessionId=x';

function upgrade(path: string, ...headers: string[]): string {
  return request(`GET ${path} HTTP/1.1`, 'Upgrade: websocket', ...headers).replace(
    'Connection: close',
    'Connection: Upgrade',
  );
}

const UPGRADES: Readonly<Record<string, string>> = {
  'to no room': upgrade('/', KEY, 'Sec-WebSocket-Version: 13'),
  'to a room without a seat': upgrade('/proc1/room1', KEY, 'Sec-WebSocket-Version: 13'),
  'to a seat that was not given': upgrade(ROOM, KEY, 'Sec-WebSocket-Version: 13'),
  'with a reconnection token that is none': upgrade(
    `${ROOM}&reconnectionToken=${encodeURIComponent('{"__proto__":1}')}`,
    KEY,
    'Sec-WebSocket-Version: 13',
  ),
  'without a key': upgrade(ROOM, 'Sec-WebSocket-Version: 13'),
  'of version 99': upgrade(ROOM, KEY, 'Sec-WebSocket-Version: 99'),
  // Not taken for an upgrade at all, so it says itself that the answer is the end.
  'to another protocol': upgrade(ROOM, KEY)
    .replace('Upgrade: websocket', 'Upgrade: h2c')
    .replace('Connection: Upgrade', 'Connection: Upgrade, close'),
  'with a mark of a node that is none': upgrade(
    ROOM,
    KEY,
    'Sec-WebSocket-Version: 13',
    'x-parlour-splice: 9999999999999.AAAA',
  ),
  'to another server': upgrade(
    'http://example.org/proc1/room1?sessionId=x',
    KEY,
    'Sec-WebSocket-Version: 13',
  ),
  'with an address of two lines': upgrade(
    '/%0d%0aX-Injected:%201/room?sessionId=x',
    KEY,
    'Sec-WebSocket-Version: 13',
  ),
};

/** A refusal, or a cut connection. */
const REFUSED = [0, 400, 403, 404, 405, 426, 431];

export const LINES_AND_ADDRESSES: readonly Hostile[] = [
  ...Object.entries(ADDRESSES).map(
    ([what, path]): Hostile => ({ name: what, send: (target) => get(target, path) }),
  ),
  ...Object.entries(LINES).map(
    ([what, bytes]): Hostile => ({ name: what, send: (target) => raw(target, bytes), expected: REFUSED }),
  ),
  ...Object.entries(UPGRADES).map(
    ([what, bytes]): Hostile => ({
      name: `an upgrade ${what}`,
      send: (target) => raw(target, bytes),
      expected: REFUSED,
    }),
  ),
];

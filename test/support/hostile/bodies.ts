import { type Hostile, post } from './target.ts';

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);
const message = (text: unknown, more = '') => `{"text":${JSON.stringify(text)}${more}}`;

/** Bodies that no route takes. */
const MALFORMED: readonly (readonly [string, string | Uint8Array<ArrayBuffer>])[] = [
  ['nothing at all', ''],
  ['half an object', '{"username":"mallory'],
  ['null', 'null'],
  ['a list', '[]'],
  ['a text', '"mallory"'],
  ['a number', '1e999'],
  ['a word that is not JSON', 'undefined'],
  ['a comment', '{/**/}'],
  ['thirty thousand lists in each other', nested(30_000, '[', ']')],
  ['ten thousand objects in each other', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['a body of 65 KiB', `{"text":"${'x'.repeat(65 * 1024)}"}`],
  ['a body of 5 MiB', ' '.repeat(5 * 1024 * 1024)],
  ['a gzip bomb by name', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0)],
];

/** Fields that are wrong, in an otherwise good message. */
const MESSAGES: readonly (readonly [string, string])[] = [
  ['an object for a text', message({ $ne: null })],
  ['a list for a text', message(['a', 'b'])],
  ['a NUL', message('a\0b')],
  ['half a surrogate pair', '{"text":"\\ud800"}'],
  ['a text of 9,000 characters', message('x'.repeat(9_000))],
  ['no number for replyTo', message('x', ',"replyTo":"1; drop table message"')],
  ['a replyTo beyond all integers', message('x', ',"replyTo":1e308')],
  ['a replyTo that is not there', message('x', ',"replyTo":2000000000')],
  ['a thousand attachments', message('x', `,"attachments":[${Array(1_000).fill('"x"').join()}]`)],
  ['a path for an attachment', message('x', ',"attachments":["../../secret"]')],
  ['a clientId of a megabyte’s beginning', message('x', `,"clientId":"${'c'.repeat(60_000)}"`)],
  ['a clientId that is an object', message('x', ',"clientId":{"toString":"x"}')],
];

/** People who are none. */
const ACCOUNTS: readonly (readonly [string, object])[] = [
  ['SQL for a name', { username: `'; drop table "user"; --` }],
  ['a line break and a header for a name', { username: 'mallory\r\nSet-Cookie: admin=1' }],
  ['a NUL in a name', { username: 'mallory\0' }],
  ['a name that is written from right to left', { username: '\u202Eyrollam' }],
  ['markup for a name', { username: '<script>alert(1)</script>' }],
  ['a name of 10,000 letters', { username: 'm'.repeat(10_000) }],
  ['a list of names', { username: ['mallory', 'root'] }],
  ['true for a password', { password: true }],
  ['a password of 60,000 characters', { password: 'x'.repeat(60_000) }],
  ['two addresses in one', { email: 'mallory@example.org,bob@example.org' }],
  ['an address with a header', { email: 'mallory@example.org\r\nBcc: everybody@example.org' }],
  ['a display name of nothing', { displayName: '' }],
  ['the name of a deleted account', { username: 'deleted-1' }],
];

/** What takes effect must not be what was smuggled in; see what the test looks for afterwards. */
const SMUGGLED: readonly (readonly [string, string])[] = [
  ['__proto__', '"__proto__":{"admin":true,"verified":true,"isAdmin":true}'],
  ['constructor.prototype', '"constructor":{"prototype":{"admin":true}}'],
  ['fields that are not theirs', '"admin":true,"verified":true,"id":"6c6be800-ddd6-4e41-831b-34890ac98f15"'],
];

const account = (fields: object) =>
  JSON.stringify({ username: 'mallory', password: 'correct horse battery', ...fields });

export const BODIES: readonly Hostile[] = [
  ...MALFORMED.flatMap(([what, body]): Hostile[] => [
    { name: `signing up with ${what}`, send: (target) => post(target, '/api/v1/accounts', body) },
    {
      name: `asking for a room with ${what}`,
      send: (target) => post(target, '/matchmake/joinOrCreate/inbox', body),
    },
  ]),
  ...MESSAGES.map(
    ([what, body]): Hostile => ({
      name: `a message with ${what}`,
      send: (target) => post(target, `/api/v1/conversations/${target.hers}/messages`, body),
    }),
  ),
  ...ACCOUNTS.map(
    ([what, fields]): Hostile => ({
      name: `an account with ${what}`,
      send: (target) => post(target, '/api/v1/accounts', account(fields)),
    }),
  ),
  ...SMUGGLED.map(
    ([what, fields], index): Hostile => ({
      name: `an account with ${what}`,
      send: (target) =>
        post(
          target,
          '/api/v1/accounts',
          `{"username":"smuggler${index}","password":"correct horse battery",${fields}}`,
        ),
      expected: [201],
    }),
  ),
  ...[
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ].map(
    (type): Hostile => ({
      name: `signing in as ${type}`,
      send: (target) =>
        post(target, '/api/v1/sessions', '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>', type),
    }),
  ),
  {
    name: 'signing up with bytes that are not UTF-8',
    send: (target) =>
      post(target, '/api/v1/accounts', Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d)),
  },
  {
    name: 'signing in with SQL for a name',
    send: (target) =>
      post(target, '/api/v1/sessions', JSON.stringify({ username: `' or 1=1 --`, password: 'x' })),
  },
  {
    name: 'friendship with two people at once',
    send: (target) =>
      post(target, '/api/v1/friendships', JSON.stringify({ userId: target.bob.id, username: 'bob' })),
  },
  {
    name: 'friendship with oneself',
    send: (target) => post(target, '/api/v1/friendships', JSON.stringify({ userId: target.alice.id })),
  },
];

import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { ask, type Hostile, type Target } from './target.ts';

/** What the server itself would put into alice's token. */
function claimsOf({ alice }: Target): { sub: string; sid: string } {
  return JSON.parse(Buffer.from(alice.accessToken.split('.')[1]!, 'base64url').toString());
}

/** Public, as anybody who has a token can read it. */
function keyIdOf({ alice }: Target): string {
  return JSON.parse(Buffer.from(alice.accessToken.split('.')[0]!, 'base64url').toString()).kid;
}

interface Forged {
  readonly secret?: Uint8Array;
  readonly header?: object;
  readonly claims?: object;
  readonly issuer?: string;
  readonly audience?: string;
  /** Undefined never ends. */
  readonly seconds?: number | undefined;
}

/** Good but for what is asked to be different. */
export function forge(target: Target, forged: Forged): Promise<string> {
  const {
    secret = Buffer.from(target.secret),
    header,
    claims,
    issuer = 'parlour',
    audience = 'access',
  } = forged;
  const { sub, sid } = claimsOf(target);
  const token = new SignJWT({ sub, sid, ...claims })
    .setProtectedHeader({ alg: 'HS256', kid: keyIdOf(target), ...header })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt();
  if (!('seconds' in forged)) token.setExpirationTime('15m');
  else if (forged.seconds !== undefined)
    token.setExpirationTime(Math.floor(Date.now() / 1_000) + forged.seconds);
  return token.sign(secret);
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const TOKENS: Readonly<Record<string, (target: Target) => string | Promise<string>>> = {
  'the word null': () => 'null',
  'three dots': () => '...',
  '10 KB of a': () => 'a'.repeat(10_000),
  'no signature': ({ alice }) => alice.accessToken.replace(/[^.]+$/, ''),
  'alg none': (target) => {
    const { sub, sid } = claimsOf(target);
    const token = new UnsecuredJWT({ sid }).setSubject(sub).setIssuer('parlour').setAudience('access');
    return token.setExpirationTime('15m').encode();
  },
  'somebody else’s secret': (target) => forge(target, { secret: Buffer.alloc(32, 7) }),
  'an empty secret’s worth of zeros': (target) => forge(target, { secret: new Uint8Array(32) }),
  'another algorithm': (target) => forge(target, { header: { alg: 'HS512' } }),
  'a public key’s algorithm': async (target) => {
    const { sub, sid } = claimsOf(target);
    const token = new SignJWT({ sub, sid })
      .setProtectedHeader({ alg: 'ES256', kid: keyIdOf(target) })
      .setIssuer('parlour');
    return token.setAudience('access').setExpirationTime('15m').sign(privateKey);
  },
  'a key of its own in the header': (target) =>
    forge(target, { secret: Buffer.alloc(32, 7), header: { jwk: { kty: 'oct', k: 'BwcH' } } }),
  'an address for its key': (target) =>
    forge(target, { secret: Buffer.alloc(32, 7), header: { jku: 'http://127.0.0.1:1/keys' } }),
  'no name of its key': (target) => forge(target, { header: { kid: undefined } }),
  'a path for its key’s name': (target) =>
    forge(target, { secret: Buffer.alloc(32, 7), header: { kid: '../../../dev/null' } }),
  'a time that is over': (target) => forge(target, { seconds: -1 }),
  'no time at which it ends': (target) => forge(target, { seconds: undefined }),
  'another issuer': (target) => forge(target, { issuer: 'https://evil.example' }),
  'another purpose': (target) => forge(target, { audience: 'monitor' }),
  'a purpose that there is not': (target) => forge(target, { audience: 'verify' }),
  'bob’s id and alice’s session': (target) => forge(target, { claims: { sub: target.bob.id } }),
  'a session that there is not': (target) =>
    forge(target, { claims: { sid: '6c6be800-ddd6-4e41-831b-34890ac98f15' } }),
  'SQL for a session': (target) => forge(target, { claims: { sid: `' or 1=1 --` } }),
  'a list for a person': (target) => forge(target, { claims: { sub: [target.bob.id] } }),
  'the token of a seat': ({ seatToken }) => seatToken,
  'a refresh token': ({ alice }) => alice.refreshToken,
};

const named = Object.entries(TOKENS);

export const FORGED: readonly Hostile[] = [
  ...named.map(
    ([what, make]): Hostile => ({
      name: `a request with ${what}`,
      send: async (target) =>
        ask(`${target.url}/api/v1/me`, { headers: { Authorization: `Bearer ${await make(target)}` } }),
      expected: [401],
    }),
  ),
  ...named.map(
    ([what, make]): Hostile => ({
      name: `asking for a room with ${what}`,
      send: async (target) =>
        ask(`${target.url}/matchmake/joinOrCreate/inbox`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${await make(target)}`, 'Content-Type': 'application/json' },
          body: '{}',
        }),
      expected: [401],
    }),
  ),
  ...['Bearer', 'Basic cm9vdDpyb290', 'Bearer a b', 'Negotiate x', ''].map(
    (header): Hostile => ({
      name: `a request with "Authorization: ${header}"`,
      send: ({ url }) => ask(`${url}/api/v1/me`, { headers: { Authorization: header } }),
      expected: [401],
    }),
  ),
  {
    name: 'an access token to refresh with',
    send: ({ url, alice }) =>
      ask(`${url}/api/v1/sessions/refresh`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ refreshToken: alice.accessToken }),
      }),
    expected: [400, 401],
  },
  {
    name: 'a refresh token to verify an address with',
    send: ({ url, alice }) =>
      ask(`${url}/api/v1/email/verify`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ token: alice.refreshToken }),
      }),
    expected: [401],
  },
  {
    name: 'a refresh token to set a password with',
    send: ({ url, alice }) =>
      ask(`${url}/api/v1/password/reset`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ token: alice.refreshToken, password: 'another horse battery' }),
      }),
    expected: [401],
  },
  {
    name: 'the monitor by an access token in its cookie',
    send: ({ url, alice }) =>
      ask(`${url}/monitor/api`, { headers: { Cookie: `parlour_monitor=${alice.accessToken}` } }),
    expected: [401],
  },
];

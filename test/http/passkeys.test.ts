import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Authenticator, type Ceremony } from '../support/authenticator.ts';
import { allMails, mailTo } from '../support/mailbox.ts';
import { askedFor, giveFirstFactor, guard } from '../support/second-factor.ts';
import { type Answer, PASSWORD, type Person, startTestServer, type TestServer } from '../support/server.ts';

const ORIGIN = 'https://chat.example.org';
const MINUTE = 60_000;
const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const wrong = refusal(401, 'wrong_credentials');
const over = refusal(401, 'unauthenticated');
const required = refusal(401, 'second_factor_required');
const notAsked = refusal(400, 'bad_request');
const proof = { password: PASSWORD };

/** What a passkey must not be let in for. */
const HOSTILE: [string, Ceremony][] = [
  ['on a page of another origin', { origin: 'https://evil.example' }],
  ['on a page of an origin that may call us but is not of our host', { origin: 'https://app.example.com' }],
  ['for another host', { rpId: 'evil.example' }],
  ['what was never asked', { challenge: Buffer.alloc(32).toString('base64url') }],
];

let server: TestServer;
beforeAll(async () => {
  const allowedOrigins = ['https://web.chat.example.org', 'https://app.example.com'];
  server = await startTestServer({ config: { publicUrl: ORIGIN, allowedOrigins } });
});
afterAll(() => server.stop());
afterEach(() => vi.useRealTimers());

let people = 0;
async function newcomer(name: string, fields = {}): Promise<Person> {
  people += 1;
  return server.signUp(`${name}${people}`, fields);
}
const offer = (person: Person, given: object = proof) =>
  person.api('POST', '/me/passkeys/challenge', { proof: given });
const register = (person: Person, challenge: string, response: object, name = 'key') =>
  person.api('POST', '/me/passkeys', { challenge, name, response });

interface Keyed extends Person {
  readonly key: Authenticator;
  readonly keyId: string;
  readonly recoveryCodes: readonly string[];
}
async function keyed(name: string, fields?: object): Promise<Keyed> {
  const person = await newcomer(name, fields);
  const key = new Authenticator(ORIGIN);
  const { challenge, options } = (await offer(person)).body;
  const { body } = await register(person, challenge, key.create(options));
  return { ...person, key, keyId: body.passkey.id, recoveryCodes: body.recoveryCodes };
}

const askAny = async () => (await server.api('POST', '/sessions/passkey/challenge')).body;
const signIn = (challenge: string, response: object) =>
  server.api('POST', '/sessions/passkey', { challenge, response });
async function signInWith(key: Authenticator, ceremony?: Ceremony): Promise<Answer> {
  const { challenge, options } = await askAny();
  return signIn(challenge, key.get(options, ceremony));
}
async function asSecondFactor(person: Person, key: Authenticator, ceremony?: Ceremony): Promise<Answer> {
  const { challenge } = askedFor(await giveFirstFactor(server, person));
  const { body } = await server.api('POST', '/sessions/second-factor/passkey', { challenge });
  return server.api('POST', '/sessions/second-factor', { challenge, passkey: key.get(body, ceremony) });
}

describe('registering a passkey', () => {
  it('takes a fresh proof, makes it a second factor, and the first one brings recovery codes', async () => {
    const alice = await newcomer('alice');
    for (const given of [{}, { password: 'wrong horse' }])
      expect(await offer(alice, given)).toMatchObject(wrong);
    const { status, body } = await offer(alice);
    expect([status, body.options.rp]).toEqual([201, { id: 'chat.example.org', name: 'Parlour' }]);
    const key = new Authenticator(ORIGIN);
    const first = await register(alice, body.challenge, key.create(body.options), "Alice's key");
    expect(first).toMatchObject({ status: 201, body: { passkey: { name: "Alice's key" } } });
    expect(first.body.recoveryCodes).toHaveLength(10);
    expect(askedFor(await giveFirstFactor(server, alice)).factors).toEqual(['passkey', 'recovery_code']);
  });

  it('of a second one takes the first, and leaves the recovery codes', async () => {
    const alice = await keyed('alice');
    expect(await offer(alice)).toMatchObject(required);
    const ask = (await alice.api('POST', '/me/proofs/challenge')).body;
    const passkey = { challenge: ask.challenge, response: alice.key.get(ask.options) };
    const { status, body } = await offer(alice, { ...proof, passkey });
    expect(status).toBe(201);
    expect(body.options.excludeCredentials).toMatchObject([{ id: alice.key.id.toString('base64url') }]);
    const phone = new Authenticator(ORIGIN);
    const added = await register(alice, body.challenge, phone.create(body.options), 'phone');
    expect(added).toMatchObject({ status: 201, body: { recoveryCodes: null } });
    const { passkeys, recoveryCodesLeft } = (await alice.api('GET', '/me/second-factors')).body;
    expect(passkeys.map(({ name }: { name: string }) => name)).toEqual(['key', 'phone']);
    expect(recoveryCodesLeft).toBe(10);
    expect(JSON.stringify(passkeys)).not.toMatch(/publicKey|credentialId/);
    for (const key of [alice.key, phone]) expect((await signInWith(key)).status).toBe(201);
  });

  it.each(HOSTILE)('refuses one made %s', async (_, ceremony) => {
    const alice = await newcomer('alice');
    const { challenge, options } = (await offer(alice)).body;
    const made = new Authenticator(ORIGIN).create(options, ceremony);
    expect(await register(alice, challenge, made)).toMatchObject(notAsked);
    expect((await giveFirstFactor(server, alice)).status).toBe(201);
    const again = (await offer(alice)).body;
    const good = new Authenticator(ORIGIN).create(again.options);
    expect((await register(alice, again.challenge, good)).status).toBe(201);
  });

  it('uses its challenge up, within five minutes, and is for the person who asked', async () => {
    const [alice, bob] = [await newcomer('alice'), await newcomer('bob')];
    const ask = (await offer(alice)).body;
    const made = new Authenticator(ORIGIN).create(ask.options);
    expect((await register(alice, ask.challenge, made)).status).toBe(201);
    expect(await register(alice, ask.challenge, made)).toMatchObject(over);
    const [forBob, late] = [(await offer(bob)).body, (await offer(bob)).body];
    const bobs = new Authenticator(ORIGIN).create(forBob.options);
    expect(await register(alice, forBob.challenge, bobs)).toMatchObject(over);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5.1 * MINUTE });
    const lately = new Authenticator(ORIGIN).create(late.options);
    expect(await register(bob, late.challenge, lately)).toMatchObject(over);
  });

  it("does not take somebody else's passkey, nor the same one twice", async () => {
    const [alice, bob] = [await keyed('alice'), await newcomer('bob')];
    const { challenge, options } = (await offer(bob)).body;
    const taken = await register(bob, challenge, alice.key.create(options));
    expect(taken).toMatchObject(refusal(409, 'conflict'));
    expect((await bob.api('GET', '/me/second-factors')).body.passkeys).toEqual([]);
    expect((await giveFirstFactor(server, bob)).status).toBe(201);
  });
});

describe('signing in with a passkey alone', () => {
  it('needs no name and no password, and counts as both factors', async () => {
    const alice = await keyed('alice');
    const { status, body } = await signInWith(alice.key);
    expect([status, body.user?.id]).toEqual([201, alice.id]);
    const { passkeys } = (await alice.api('GET', '/me/second-factors')).body;
    expect(passkeys[0].lastUsedAt).not.toBeNull();
    expect((await signInWith(alice.key, { origin: 'https://web.chat.example.org' })).status).toBe(201);
  });

  it.each([
    ...HOSTILE,
    ['without knowing its owner', { userVerified: false }],
    ['with a counter that went back', { counter: 0 }],
  ] satisfies [string, Ceremony][])('is refused to one that signs %s', async (_, ceremony) => {
    const alice = await keyed('alice');
    expect((await signInWith(alice.key)).status).toBe(201);
    expect(await signInWith(alice.key, ceremony)).toMatchObject(wrong);
  });

  it('uses its challenge up, whether it was answered well or badly', async () => {
    const alice = await keyed('alice');
    const { challenge, options } = await askAny();
    const response = alice.key.get(options);
    expect((await signIn(challenge, response)).status).toBe(201);
    expect(await signIn(challenge, response)).toMatchObject(wrong);
    const next = await askAny();
    expect(await signIn(next.challenge, response)).toMatchObject(wrong);
    expect(await signIn(next.challenge, alice.key.get(next.options))).toMatchObject(wrong);
  });

  it('is refused to a key that nobody registered, and to one that claims to be another', async () => {
    const [alice, mallory] = [await keyed('alice'), new Authenticator(ORIGIN)];
    expect(await signInWith(mallory)).toMatchObject(wrong);
    const { challenge, options } = await askAny();
    const id = alice.key.id.toString('base64url');
    expect(await signIn(challenge, { ...mallory.get(options), id, rawId: id })).toMatchObject(wrong);
  });
});

describe('a passkey as the second factor', () => {
  it('is enough without knowing its owner', async () => {
    const alice = await keyed('alice');
    const { status, body } = await asSecondFactor(alice, alice.key, { userVerified: false });
    expect([status, body.user?.id]).toEqual([201, alice.id]);
  });

  it("is refused when it is another person's", async () => {
    const [alice, bob] = [await keyed('alice'), await keyed('bob')];
    for (const ceremony of [{}, { anonymous: true }]) {
      expect(await asSecondFactor(alice, bob.key, ceremony)).toMatchObject(wrong);
      expect((await asSecondFactor(alice, alice.key, ceremony)).status).toBe(201);
    }
  });

  it.each([...HOSTILE, ['with a counter that went back', { counter: 0 }]] satisfies [string, Ceremony][])(
    'is refused when it signs %s',
    async (_, ceremony) => {
      const alice = await keyed('alice');
      expect((await asSecondFactor(alice, alice.key)).status).toBe(201);
      expect(await asSecondFactor(alice, alice.key, ceremony)).toMatchObject(wrong);
    },
  );

  it('does not answer with what it signed for something else', async () => {
    const alice = await keyed('alice');
    const { challenge } = askedFor(await giveFirstFactor(server, alice));
    const any = await askAny();
    const passkey = alice.key.get(any.options);
    const answer = (given: object) =>
      server.api('POST', '/sessions/second-factor', { challenge, passkey: given });
    expect(await answer(passkey)).toMatchObject(wrong);
    await server.api('POST', '/sessions/second-factor/passkey', { challenge });
    expect(await answer(passkey)).toMatchObject(wrong);
    const { body } = await server.api('POST', '/sessions/second-factor/passkey', { challenge });
    expect((await answer(alice.key.get(body))).status).toBe(201);
  });
});

describe('removing a passkey', () => {
  const remove = (person: Person, id: string, given: object) =>
    person.api('DELETE', `/me/passkeys/${id}`, { proof: given });

  it('takes a fresh proof by both factors; without any left, none is asked for', async () => {
    const [alice, bob] = [await keyed('alice'), await keyed('bob')];
    const [recoveryCode, another] = alice.recoveryCodes;
    expect(await remove(alice, alice.keyId, proof)).toMatchObject(required);
    expect(await remove(alice, bob.keyId, { ...proof, recoveryCode })).toMatchObject(
      refusal(404, 'not_found'),
    );
    expect((await remove(alice, alice.keyId, { ...proof, recoveryCode: another })).status).toBe(204);
    expect((await giveFirstFactor(server, alice)).status).toBe(201);
    expect(await signInWith(alice.key)).toMatchObject(wrong);
    expect((await signInWith(bob.key)).status).toBe(201);
  });

  it('leaves the app and the recovery codes', async () => {
    const alice = await newcomer('alice');
    const { app, recoveryCodes } = await guard(alice);
    const { challenge, options } = (await offer(alice, { ...proof, code: await app.fresh() })).body;
    const { body } = await register(alice, challenge, new Authenticator(ORIGIN).create(options));
    const given = { ...proof, recoveryCode: recoveryCodes[0] };
    expect((await remove(alice, body.passkey.id, given)).status).toBe(204);
    expect(askedFor(await giveFirstFactor(server, alice)).factors).toEqual(['totp', 'recovery_code']);
  });
});

describe('an address that is not proven', () => {
  const forget = (email: string) => server.api('POST', '/password/forgot', { email });

  it('gets no link for a new password where a passkey would outlast it', async () => {
    const [email, other] = ['mallory@example.org', 'carol@example.org'];
    await keyed('mallory', { email });
    await newcomer('carol', { email: other });
    await forget(email);
    await forget(other);
    await mailTo(server, other, 2);
    expect((await allMails(server)).filter(({ to }) => to === email)).toHaveLength(1);
  });

  it('is not proven by such a link when a passkey came meanwhile', async () => {
    const email = 'dave@example.org';
    const dave = await newcomer('dave', { email });
    await mailTo(server, email);
    await forget(email);
    const { token } = await mailTo(server, email, 2);
    const { challenge, options } = (await offer(dave)).body;
    const registered = await register(dave, challenge, new Authenticator(ORIGIN).create(options));
    expect(registered.status).toBe(201);
    const reset = { token, password: 'another horse battery' };
    expect(await server.api('POST', '/password/reset', reset)).toMatchObject(wrong);
    expect((await dave.api('GET', '/me')).body.verified).toBe(false);
  });
});

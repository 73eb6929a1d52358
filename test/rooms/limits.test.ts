import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseRates } from '../../src/chat/rates.ts';
import { type Joined, type Person, person, personOf } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const MESSAGES = 4;
const SIGNS = 3;

describe('a room with somebody who says too much', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let alices: Joined;
  let bobs: Joined;

  beforeAll(async () => {
    const rates = parseRates(`message.account=${MESSAGES}/h,typing.device=${SIGNS}/h`);
    server = await startTestServer({ config: { rates } });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    alice = await person(server.url, 'alice');
    bob = await person(server.url, 'bob');
    alices = await alice.join('dialog', { userId: bob.id });
    bobs = await bob.join('dialog', { userId: alice.id });
  });

  it('takes as many messages as are allowed, refuses the next, and keeps the socket', async () => {
    for (let n = 1; n <= MESSAGES; n++) await alices.request('send', { text: `${n}` });
    await expect(alices.request('send', { text: 'one more' })).rejects.toMatchObject({
      code: 'rate_limited',
      message: expect.stringMatching(/try again in \d+ s/),
    });
    alices.room.send('send', { text: 'one more' });
    expect(await alices.next('error')).toEqual({
      code: 'rate_limited',
      message: expect.any(String),
      retryAfter: expect.any(Number),
      request: 'send',
    });
    await expect(alices.request('read', { seq: 1 })).resolves.toMatchObject({ readSeq: 1 });
    await bobs.request('send', { text: 'I may' });
    await alices.next('message', ({ message }) => message.text === 'I may');
    expect(bobs.texts).toEqual(['1', '2', '3', '4', 'I may']);
  });

  it('counts edits, deletions and the other devices of the same person, in rooms and over HTTP', async () => {
    const inbox = await alice.join('inbox');
    const conversationId = alices.room.roomId;
    await alices.request('send', { text: 'one' });
    await alices.request('edit', { seq: 1, text: 'ONE' });
    await inbox.request('send', { conversationId, text: 'two' });
    await inbox.request('delete', { conversationId, seq: 2 });
    await expect(alices.request('edit', { seq: 1, text: 'one' })).rejects.toMatchObject({
      code: 'rate_limited',
    });
    await expect(inbox.request('delete', { conversationId, seq: 1 })).rejects.toMatchObject({
      code: 'rate_limited',
    });
    const overHttp = await alice.api('POST', `/conversations/${conversationId}/messages`, { text: 'three' });
    expect(overHttp.status).toBe(429);
  });

  it('lets each device say so often that somebody types', async () => {
    const { body } = await server.api('POST', '/accounts', {
      username: `carol-${process.pid}`,
      password: 'correct horse battery',
    });
    const phone = personOf(server.url, body);
    const again = { username: phone.username, password: 'correct horse battery' };
    const tablet = personOf(server.url, (await server.api('POST', '/sessions', again)).body);
    const [onPhone, onTablet] = [
      await phone.join('dialog', { userId: bob.id }),
      await tablet.join('dialog', { userId: bob.id }),
    ];
    for (let n = 0; n < SIGNS; n++) await onPhone.request('typing', { on: n % 2 === 0 });
    await expect(onPhone.request('typing', { on: true })).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(onTablet.request('typing', { on: true })).resolves.not.toThrow();
    await expect(onPhone.request('send', { text: 'and still may speak' })).resolves.toBeDefined();
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });
const seqs = ({ items }: { items: { seq: number }[] }) => items.map((item) => item.seq);

describe('messages over HTTP', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let path: string;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    alice = await person(server.url, 'alice');
    bob = await person(server.url, 'bob');
    const { body } = await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id });
    path = `/conversations/${body.id}`;
  });

  const say = (one: Person, text: string, more: object = {}) =>
    one.api('POST', `${path}/messages`, { text, ...more });
  const read = (one: Person, query: string) => one.api('GET', `${path}/messages?${query}`);

  it('are created once for a clientId, and answered like the first time after that', async () => {
    const first = await say(alice, 'hello', { clientId: '1' });
    expect(first).toMatchObject({ status: 201, body: { seq: 1, duplicate: false } });
    const again = await say(alice, 'hello', { clientId: '1' });
    expect(again).toMatchObject({ status: 200, body: { ...first.body, duplicate: true } });
    expect((await read(bob, '')).body.items).toMatchObject([
      { clientId: '1', text: 'hello', senderId: alice.id },
    ]);
  });

  it('reach the same conversation however its id is written', async () => {
    const inbox = await bob.join('inbox');
    await inbox.next('ready');
    path = path.toUpperCase().replace('/CONVERSATIONS', '/conversations');
    expect(await say(alice, 'shouted')).toMatchObject({ status: 201 });
    expect((await inbox.next('message')).message.text).toBe('shouted');
  });

  it('are read in both directions, always ascending, with a word on whether there are more', async () => {
    for (const n of [1, 2, 3, 4, 5]) await say(alice, `${n}`);
    const page = async (query: string) => {
      const { body } = await read(bob, query);
      return [seqs(body), body.more];
    };
    expect(await page('limit=2')).toEqual([[4, 5], true]);
    expect(await page('before=4&limit=2')).toEqual([[2, 3], true]);
    expect(await page('before=2&limit=2')).toEqual([[1], false]);
    expect(await page('after=0&limit=3')).toEqual([[1, 2, 3], true]);
    expect(await page('after=3')).toEqual([[4, 5], false]);
    for (const query of ['before=3&after=1', 'before=0', 'after=-1', 'before=x', 'limit=0']) {
      expect(await read(bob, query), query).toMatchObject(refusal(400, 'bad_request'));
    }
  });

  it('answer an earlier message, and nothing that is not there', async () => {
    await say(alice, 'question?');
    expect(await say(bob, 'answer', { replyTo: 1 })).toMatchObject({ status: 201 });
    expect((await read(alice, 'after=1')).body.items).toMatchObject([{ replyTo: 1 }]);
    expect(await say(bob, 'to the future', { replyTo: 9 })).toMatchObject(refusal(400, 'bad_request'));
  });

  it('are refused when empty, too long, unstorable, or with attachments that are nobody’s', async () => {
    for (const text of ['', 'x'.repeat(8_001), 'a\0b', '\ud800']) {
      expect(await say(alice, text)).toMatchObject(refusal(400, 'bad_request'));
    }
    expect(await say(alice, 'see', { attachments: [alice.id] })).toMatchObject(refusal(400, 'bad_request'));
    expect(await say(alice, 'x'.repeat(8_000))).toMatchObject({ status: 201, body: { seq: 1 } });
  });

  it('are edited and deleted by their sender only, and leave a tombstone', async () => {
    await say(alice, 'hallo');
    const message = `${path}/messages/1`;
    expect(await bob.api('PATCH', message, { text: 'mine' })).toMatchObject(refusal(403, 'forbidden'));
    expect(await bob.api('DELETE', message)).toMatchObject(refusal(403, 'forbidden'));
    expect(await alice.api('PATCH', message, { text: 'hello' })).toMatchObject({
      status: 200,
      body: { seq: 1, text: 'hello', rev: 3 },
    });
    expect(await alice.api('DELETE', message)).toMatchObject({ status: 200, body: { text: '', rev: 4 } });
    expect(await alice.api('PATCH', message, { text: 'again' })).toMatchObject(refusal(409, 'conflict'));
    expect(await alice.api('DELETE', `${path}/messages/2`)).toMatchObject(refusal(404, 'not_found'));
    expect((await read(bob, '')).body.items).toMatchObject([{ seq: 1, text: '' }]);
  });

  it('wait until the delivered mark moves over them', async () => {
    for (const n of [1, 2, 3]) await say(alice, `${n}`);
    const first = (await bob.api('GET', '/unsent?limit=2')).body;
    expect(seqs(first)).toEqual([1, 2]);
    const second = (await bob.api('GET', `/unsent?limit=2&cursor=${first.next}`)).body;
    expect([seqs(second), second.next]).toEqual([[3], null]);
    expect(`/conversations/${second.items[0].conversationId}`).toBe(path);
    expect(await bob.api('PUT', `${path}/marks`, { deliveredSeq: 2 })).toMatchObject({
      status: 200,
      body: { userId: bob.id, deliveredSeq: 2, readSeq: 0 },
    });
    expect(seqs((await bob.api('GET', '/unsent')).body)).toEqual([3]);
    expect(await bob.api('PUT', `${path}/marks`, { readSeq: 3 })).toMatchObject({
      body: { deliveredSeq: 3, readSeq: 3 },
    });
    expect((await bob.api('GET', '/unsent')).body.items).toEqual([]);
    expect(await bob.api('PUT', `${path}/marks`, {})).toMatchObject(refusal(400, 'bad_request'));
  });

  it('are caught up on from a position, each thing once, as it is now', async () => {
    for (const text of ['one', 'two', 'three']) await say(alice, text);
    const { rev } = (await bob.api('GET', path)).body;
    await alice.api('PATCH', `${path}/messages/1`, { text: 'ONE' });
    await alice.api('DELETE', `${path}/messages/2`);
    await bob.api('PUT', `${path}/marks`, { readSeq: 3 });
    await say(bob, 'four');
    const { body } = await bob.api('GET', `${path}/changes?since=${rev}`);
    expect(body).toMatchObject({ reset: false, rev: rev + 4, lastSeq: 4, conversation: null });
    expect(body.messages).toMatchObject([{ text: 'ONE' }, { text: '' }, { text: 'four' }]);
    expect(body.members).toMatchObject([{ userId: bob.id, readSeq: 3 }]);
    expect((await bob.api('GET', `${path}/changes?since=${rev + 4}`)).body).toMatchObject({
      messages: [],
      members: [],
    });
    expect((await bob.api('GET', `${path}/changes?since=${rev + 5}`)).body).toMatchObject({ reset: true });
    expect(await bob.api('GET', `${path}/changes`)).toMatchObject(refusal(400, 'bad_request'));
  });
});

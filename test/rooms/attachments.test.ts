import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Joined, type Person, person } from '../support/cast.ts';
import { pathOf, read, upload } from '../support/files.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('attachments in rooms', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let inRoom: Joined;
  let inbox: Joined;

  beforeAll(async () => {
    server = await startTestServer();
    [alice, bob] = [await person(server.url, 'alice'), await person(server.url, 'bob')];
    inRoom = await alice.join('dialog', { username: bob.username });
    inbox = await bob.join('inbox');
  });
  afterAll(async () => {
    for (const joined of [inRoom, inbox]) await joined?.room.leave();
    await server?.stop();
  });

  const uploadAs = async ({ token }: Person, content: string) =>
    (await upload(server, { accessToken: token }, content, { name: 'a.txt' })).body;

  it('arrive with links that work, live, in the history, among the changes and what is unsent', async () => {
    const file = await uploadAs(alice, 'for bob');
    const { seq, rev } = await inRoom.request('send', { attachments: [file.id] });
    const { message } = await inbox.next('message', (payload) => payload.message.seq === seq);
    const conversationId = inRoom.room.roomId;
    const history = await inRoom.request('history', { limit: 1 });
    const changes = await inbox.request('changes', { conversationId, since: rev - 1 });
    const unsent = await inbox.request('unsent', {});
    const summary = (await bob.api('GET', `/conversations/${conversationId}`)).body;
    const shown = [message, history.items[0], changes.messages[0], unsent.items.at(-1), summary.lastMessage];
    for (const { text, attachments } of shown) {
      expect({ text, attachments }).toMatchObject({
        text: '',
        attachments: [{ id: file.id, name: 'a.txt' }],
      });
      expect(await (await read(server, attachments[0].url)).text()).toBe('for bob');
    }
  });

  it('go with their message, of which everybody is told', async () => {
    const file = await uploadAs(alice, 'oops');
    const { seq } = await inRoom.request('send', { text: 'look', attachments: [file.id] });
    await inRoom.request('delete', { seq });
    const { message } = await inbox.next('changed', (payload) => payload.message.seq === seq);
    expect(message).toMatchObject({ text: '', attachments: [] });
    expect((await read(server, pathOf(file), { person: { accessToken: alice.token } })).status).toBe(404);
  });

  it('are refused when they are not the sender’s, named twice, too many or nonsense', async () => {
    const file = await uploadAs(bob, 'bob’s');
    const many = Array.from({ length: 11 }, () => crypto.randomUUID());
    for (const attachments of [[file.id], [many[0], many[0]], many, ['x'], 'x', [null], {}])
      await expect(inRoom.request('send', { text: 'hi', attachments })).rejects.toMatchObject({
        code: 'bad_request',
      });
    await expect(inRoom.request('send', { text: '', attachments: [] })).rejects.toMatchObject({
      code: 'bad_request',
    });
  });

  it('fresh links are for who may read the file', async () => {
    const file = await uploadAs(alice, 'still');
    const carol = await person(server.url, 'carol');
    await inRoom.request('send', { attachments: [file.id] });
    const { status, body } = await bob.api('GET', `/media/${file.id}/info`);
    expect({ status, id: body.id }).toEqual({ status: 200, id: file.id });
    expect(await (await read(server, body.url)).text()).toBe('still');
    expect((await carol.api('GET', `/media/${file.id}/info`)).status).toBe(404);
    expect((await read(server, body.url.replace(/signature=./, 'signature=_'))).status).toBe(401);
  });
});

import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { personOf } from '../support/cast.ts';
import { bytesOf, mediaConfig, namesIn, read, upload } from '../support/files.ts';
import { picture } from '../support/pictures.ts';
import { type Person, startTestServer, type TestServer } from '../support/server.ts';

const refusal = (status: number, code: string) => ({ status, body: { error: { code } } });

describe('the picture of a group', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let group: string;
  let people = 0;

  beforeAll(async () => {
    server = await startTestServer({ config: mediaConfig({ fileBytes: 200_000 }) });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    people += 1;
    alice = await server.signUp(`alice${people}`);
    bob = await server.signUp(`bob${people}`);
    carol = await server.signUp(`carol${people}`);
    const fields = { kind: 'group', name: 'hike', members: [bob.id] };
    group = (await alice.api('POST', '/conversations', fields)).body.id;
  });

  const set = async (person: Person, id = group, bytes?: Uint8Array | string) =>
    upload(server, person, bytes ?? (await picture().png().toBuffer()), {
      method: 'PUT',
      path: `/conversations/${id}/avatar`,
      name: 'hike.png',
    });
  const remove = (person: Person) => person.api('DELETE', `/conversations/${group}/avatar`);
  const seen = async (person: Person) => (await person.api('GET', `/conversations/${group}`)).body.avatar;
  const stored = async (avatar: string) => {
    const [, id = ''] = /media\/([^?]+)/.exec(avatar) ?? [];
    return (await namesIn(join(server.dataDir, 'media'))).filter((name) => name.includes(id)).length;
  };
  const live = (person: Person) =>
    personOf(server.url, { user: person, accessToken: person.accessToken }).join('inbox');

  it('is made square, shown to the members, and told to them at once', async () => {
    const inbox = await live(bob);
    expect(await seen(alice)).toBeNull();
    const { status, body } = await set(alice);
    expect([status, body]).toMatchObject([200, { id: group, name: 'hike', avatar: expect.any(String) }]);
    const { rev, conversation } = await inbox.next(
      'conversation',
      (event) => event.conversation.avatar !== null,
    );
    expect([rev, conversation]).toEqual([2, body]);
    expect(await seen(bob)).toBe(body.avatar);
    const listed = (await bob.api('GET', '/conversations')).body.items;
    expect(listed[0].avatar).toBe(body.avatar);
    const changes = (await bob.api('GET', `/conversations/${group}/changes?since=1`)).body;
    expect(changes.conversation).toEqual(body);
    const shown = await read(server, body.avatar);
    const { format, width, height } = await sharp(await bytesOf(shown)).metadata();
    expect({ format, width, height }).toEqual({ format: 'webp', width: 512, height: 512 });
    expect((await read(server, `${body.avatar}&size=thumb`)).status).toBe(200);
  });

  it('is told to those who come in later, and shown with public groups', async () => {
    const { avatar } = (await set(alice)).body;
    const inbox = await live(carol);
    await alice.api('POST', `/conversations/${group}/members`, { userIds: [carol.id] });
    await inbox.next('conversation', (event) => event.conversation.avatar === avatar);
    await alice.api('PATCH', `/conversations/${group}`, { visibility: 'public' });
    const stranger = await server.signUp(`dave${people}`);
    expect((await stranger.api('GET', `/groups/${group}`)).body.avatar).toBe(avatar);
  });

  it('is a matter of those who look after it, and of nobody else', async () => {
    expect(await set(bob)).toMatchObject(refusal(403, 'forbidden'));
    expect(await set(carol)).toMatchObject(refusal(404, 'not_found'));
    expect(await set(alice, 'nowhere')).toMatchObject(refusal(400, 'bad_request'));
    expect(await remove(bob)).toMatchObject(refusal(403, 'forbidden'));
    const dialog = (await alice.api('POST', '/conversations', { kind: 'dialog', userId: bob.id })).body.id;
    expect(await set(alice, dialog)).toMatchObject(refusal(400, 'bad_request'));
    expect(await seen(alice)).toBeNull();
    await alice.api('PATCH', `/conversations/${group}/members/${bob.id}`, { role: 'admin' });
    expect((await set(bob)).status).toBe(200);
  });

  it('is opened by its link to everybody, and by who they are to members only', async () => {
    const { avatar } = (await set(alice)).body;
    const [address] = avatar.split('?');
    expect((await read(server, address, { person: bob })).status).toBe(200);
    expect((await read(server, address, { person: carol })).status).toBe(404);
    expect((await read(server, address)).status).toBe(401);
    expect((await read(server, `${address}?key=${'A'.repeat(22)}`)).status).toBe(401);
  });

  it('makes room for the next one, whose link is another', async () => {
    const { avatar: first } = (await set(alice)).body;
    expect(await stored(first)).toBe(2);
    const { avatar: second } = (await set(alice)).body;
    expect(second).not.toBe(first);
    expect((await read(server, first)).status).toBe(401);
    await expect.poll(() => stored(first)).toBe(0);
    expect((await remove(alice)).status).toBe(204);
    expect(await seen(bob)).toBeNull();
    await expect.poll(() => stored(second)).toBe(0);
    const { rev } = (await alice.api('GET', `/conversations/${group}`)).body;
    expect((await remove(alice)).status).toBe(204);
    expect((await alice.api('GET', `/conversations/${group}`)).body.rev).toBe(rev);
  });

  it('is held to the same as other pictures', async () => {
    expect(await set(alice, group, Buffer.alloc(200_001))).toMatchObject(refusal(413, 'too_large'));
    expect(await set(alice, group, 'no picture')).toMatchObject(refusal(400, 'bad_request'));
    expect(await seen(alice)).toBeNull();
  });

  it('stays when who has set it deletes their account', async () => {
    await alice.api('PATCH', `/conversations/${group}/members/${bob.id}`, { role: 'owner' });
    const { avatar } = (await set(alice)).body;
    expect((await alice.api('DELETE', '/me', { password: alice.password })).status).toBe(204);
    expect(await seen(bob)).toBe(avatar);
    expect((await read(server, avatar)).status).toBe(200);
  });
});

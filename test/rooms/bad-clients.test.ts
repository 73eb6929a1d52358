import { once } from 'node:events';
import { Protocol } from '@colyseus/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_TEXT_LENGTH, MAX_UNREAD_BYTES } from '../../src/chat/limits.ts';
import { MAX_FRAME_BYTES } from '../../src/http/sockets.ts';
import { JOIN_PATIENCE_MS } from '../../src/rooms/limits.ts';
import { type Joined, type Person, person } from '../support/cast.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('a room with clients that do not behave', () => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let alices: Joined;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    alice = await person(server.url, 'alice');
    bob = await person(server.url, 'bob');
    alices = await alice.join('dialog', { userId: bob.id });
  });

  const isAlive = async (joined: Joined): Promise<void> => {
    await expect(joined.request('send', { text: 'still here' })).resolves.toMatchObject({ duplicate: false });
  };

  it.each([
    ['send', 'nothing', undefined],
    ['send', 'null', null],
    ['send', 'a text', 'text'],
    ['send', 'a list', []],
    ['send', 'nothing in it', {}],
    ['send', 'an empty text', { text: '' }],
    ['send', 'a number for a text', { text: 7 }],
    ['send', 'a NUL', { text: 'a NUL \0 inside' }],
    ['send', 'a text that is too long', { text: 'x'.repeat(MAX_TEXT_LENGTH + 1) }],
    ['send', 'a clientId that is too long', { text: 'hi', clientId: 'x'.repeat(65) }],
    ['send', 'an object for a clientId', { text: 'hi', clientId: {} }],
    ['send', 'a negative replyTo', { text: 'hi', replyTo: -1 }],
    ['send', 'half a replyTo', { text: 'hi', replyTo: 1.5 }],
    ['send', 'an attachment that is no id', { text: 'hi', attachments: ['nonsense'] }],
    [
      'send',
      'an attachment that does not exist',
      { text: 'hi', attachments: ['6c6be800-ddd6-4e41-831b-34890ac98f15'] },
    ],
    ['edit', 'no text', { seq: 1 }],
    ['edit', 'a word for a seq', { seq: 'one', text: 'x' }],
    ['delete', 'seq 0', { seq: 0 }],
    ['typing', 'a word for a boolean', { on: 'yes' }],
    ['delivered', 'a seq that is too large', { seq: 2 ** 40 }],
    ['read', 'no number', { seq: Number.NaN }],
    ['history', 'limit 0', { limit: 0 }],
    ['history', 'a limit that is too high', { limit: 100_000 }],
    ['history', 'both directions', { before: 1, after: 1 }],
    ['changes', 'nothing in it', {}],
    ['changes', 'a negative position', { since: -1 }],
  ])('refuses %s with %s, says why and lives on', async (type, _what, payload) => {
    await expect(alices.request(type, payload)).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringMatching(/./),
    });
    alices.room.send(type as never, payload as never);
    expect(await alices.next('error')).toMatchObject({ code: 'bad_request', request: type });
    await isAlive(alices);
  });

  it('answers an unknown type and lives on', async () => {
    await expect(alices.request('constructor', {})).rejects.toThrow();
    alices.room.send('nonsense' as never, {} as never);
    expect(await alices.next('error')).toMatchObject({ code: 'bad_request', request: 'nonsense' });
    alices.room.sendBytes('send', new Uint8Array([1, 2, 3]));
    await alices.until(() => alices.of('error').length === 2);
    await isAlive(alices);
  });

  it.each([
    ['nothing', []],
    ['an unknown code', [255, 1, 2, 3]],
    ['a message without a type', [Protocol.ROOM_DATA]],
    ['a type that is cut off', [Protocol.ROOM_DATA, 0xaa, 0x73]],
    ['a payload that is not msgpack', [Protocol.ROOM_DATA, 0xa4, 0x73, 0x65, 0x6e, 0x64, 0xc1]],
    ['a payload that is cut off', [Protocol.ROOM_DATA, 0xa4, 0x73, 0x65, 0x6e, 0x64, 0xdc, 0xff, 0xff]],
    ['a request without anything', [Protocol.ROOM_REQUEST]],
    ['a request without a type', [Protocol.ROOM_REQUEST, 1]],
    [
      'a request whose payload is not msgpack',
      [Protocol.ROOM_REQUEST, 1, 0xa4, 0x73, 0x65, 0x6e, 0x64, 0xc1],
    ],
    ['bytes without a type', [Protocol.ROOM_DATA_BYTES]],
    ['an input that nobody asked for', [Protocol.ROOM_INPUT_RELIABLE, 1, 2]],
    ['a second join', [Protocol.JOIN_ROOM]],
  ])('lives on after a frame that holds %s', async (_what, bytes) => {
    alices.room.connection.send(new Uint8Array(bytes));
    await isAlive(alices);
  });

  it('takes the longest text in the widest letters', async () => {
    const text = '語'.repeat(MAX_TEXT_LENGTH);
    const bobs = await bob.join('dialog', { userId: alice.id });
    await alices.request('send', { text });
    await bobs.next('message', ({ message }) => message.text === text);
  });

  it('cuts off only who sends a frame that is too large', async () => {
    const bobs = await bob.join('dialog', { userId: alice.id });
    bobs.room.reconnection.enabled = false;
    bobs.room.send('send', { text: 'x'.repeat(MAX_FRAME_BYTES) });
    await bobs.left;
    await isAlive(alices);
  });

  it('cuts off who does not read, without slowing the others', { timeout: 60_000 }, async () => {
    const carol = await person(server.url, 'carol');
    const members = [bob.id, carol.id];
    const { body: group } = await alice.api('POST', '/conversations', {
      kind: 'group',
      name: 'loud',
      members,
    });
    const [writer, reader] = [
      await alice.join('group', { id: group.id }),
      await bob.join('group', { id: group.id }),
    ];
    const deaf = await connect(server.url, carol, group.id);
    deaf.send(new Uint8Array([Protocol.JOIN_ROOM]));
    deaf.pause();
    await writer.until(() => writer.state.members.get(carol.id).online === true);

    const text = 'x'.repeat(MAX_TEXT_LENGTH);
    // What the kernel holds for the two ends comes on top of what the server lets wait.
    const enough = Math.ceil((MAX_UNREAD_BYTES + 16 * 1_048_576) / MAX_TEXT_LENGTH);
    let sent = 0;
    while (writer.state.members.get(carol.id).online && sent < enough) {
      await Promise.all(Array.from({ length: 20 }, () => writer.request('send', { text })));
      sent += 20;
    }
    await writer.until(() => writer.state.members.get(carol.id).online === false, 'cutting off');
    await reader.until(() => reader.of('message').length === sent);
    expect(reader.of('message').map((each) => each.message.seq)).toEqual(
      Array.from({ length: sent }, (_, n) => n + 1),
    );
    deaf.terminate();
    const back = await carol.join('group', { id: group.id });
    expect(back.of('message')).toHaveLength(sent);
  });

  it('cuts off who never confirms that they have joined', {
    timeout: 2 * JOIN_PATIENCE_MS + 10_000,
  }, async () => {
    const { body: group } = await alice.api('POST', '/conversations', {
      kind: 'group',
      name: 'us',
      members: [bob.id],
    });
    const silent = await connect(server.url, bob, group.id);
    const [code] = await once(silent, 'close');
    expect(code).toBe(1006);
    await isAlive(alices);
  });
});

/** As far as the SDK goes before it confirms that it has joined. */
async function connect(url: string, { token }: Person, id: string): Promise<WebSocket> {
  const response = await fetch(`${url}/matchmake/joinOrCreate/group`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ id }),
  });
  const { processId, roomId, sessionId } = (await response.json()) as Record<string, string>;
  const socket = new WebSocket(`${url.replace('http', 'ws')}/${processId}/${roomId}?sessionId=${sessionId}`);
  await once(socket, 'message');
  return socket;
}

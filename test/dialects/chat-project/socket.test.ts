import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { picture } from '../../support/pictures.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import type { RawSocket } from '../support/raw-socket.ts';
import { befriend, type Client, client, listOf, TIME, UUID } from './support.ts';

const FRIENDSHIP = '/api/users/friendship/';

let server: TestServer;
let at: string;
let alice: Client;
let bob: Client;
let carol: Client;
let channel: string;

beforeAll(async () => {
  server = await startTestServer({ config: { dialectPorts: { 'chat-project': 0 } } });
  at = `${server.url}/chat-project`;
});
afterAll(() => server.stop());

/** Signing up costs a core for a while, so the tests of one thing share their people. */
async function newPeople(): Promise<void> {
  [alice, bob, carol] = await Promise.all([client(at, 'alice'), client(at, 'bob'), client(at, 'carol')]);
  channel = await befriend(alice, bob);
}

const say = async (one: Client, content: string): Promise<any> =>
  (await one.ask('POST', '/api/messages/friendship/', { channel, content })).body.data;
const history = (one: Client, query = '') =>
  one.ask('GET', `/api/messages/status/friendship/${channel}/messages/?${query}`);
const isMessage = (text: string) => (frame: any) => frame.payload === text;

describe('the socket', () => {
  let alices: RawSocket;
  let bobs: RawSocket;
  beforeAll(newPeople);
  beforeEach(async () => {
    [alices, bobs] = await Promise.all([alice.socket(), bob.socket()]);
  });

  it('says a message to all sockets of both, literally', async () => {
    const phone = await bob.socket();
    alices.send({ type: 'friendship', channel, payload: 'Hello, how are you?' });
    const frame = await alices.find(isMessage('Hello, how are you?'));
    expect(frame).toEqual({
      type: 'friendship',
      channel,
      payload: 'Hello, how are you?',
      media: [],
      message: {
        id: UUID,
        message: {
          id: UUID,
          content: 'Hello, how are you?',
          created_at: TIME,
          friendship: channel,
          sender: alice.id,
          receiver: bob.id,
          media: [],
        },
        receiver: bob.id,
        is_seen: false,
        is_received: false,
        updated_at: frame.message.message.created_at,
      },
    });
    for (const socket of [bobs, phone])
      expect(await socket.find(isMessage('Hello, how are you?'))).toEqual(frame);
    await Promise.all([alices, bobs, phone].map((each) => each.close()));
  });

  it('tells the sender when it was received and when it was seen, by either name of the field', async () => {
    for (const field of ['message', 'message_id']) {
      const text = `seen by ${field}`;
      alices.send({ type: 'friendship_message', channel, content: text });
      const { message } = (await bobs.find(isMessage(text))).message;
      const told = (event: string) =>
        alices.find((frame) => frame.event === event && frame.message.message.id === message.id);
      expect(await told('received')).toEqual({
        type: 'friendship_notification',
        event: 'received',
        channel,
        message: expect.objectContaining({ message, is_received: true, is_seen: false }),
      });
      bobs.send({ type: 'friendship_notification_seen', channel, [field]: message.id });
      expect((await told('seen')).message).toMatchObject({ is_received: true, is_seen: true });
    }
    const about = alices.json.filter(({ message }) => message?.message.content.startsWith('seen by'));
    expect(about.flatMap((frame) => frame.event ?? [])).toEqual(['received', 'seen', 'received', 'seen']);
    await Promise.all([alices, bobs].map((each) => each.close()));
  });

  it('answers what it does not understand, or may not be, with an error and stays open', async () => {
    alices.send({ type: 'friendship', channel, payload: 'mine' });
    const mine = (await alices.find(isMessage('mine'))).message.message.id;
    const foreign = await befriend(bob, carol);
    const from = alices.frames.length;
    const cases: [unknown, string][] = [
      ['{"type":', 'Invalid JSON format'],
      ['[1]', 'Invalid JSON format'],
      [{ type: 'constructor' }, 'Invalid message type'],
      [{ type: 'friendship', payload: 'lost' }, 'this channel does not exist, or is not yours'],
      [{ type: 'friendship', channel: foreign, payload: 'sneaky' }, 'this is between others'],
      [{ type: 'friendship', channel, payload: '' }, 'a message has a text, files or both'],
      [
        { type: 'friendship', channel, payload: 'x'.repeat(8_001) },
        'text: Too big: expected string to have <=8000 characters',
      ],
      [{ type: 'friendship', channel, payload: 'a\0b' }, 'text: holds characters that cannot be stored'],
      [
        { type: 'friendship_notification_seen', channel, message: mine },
        'this message id is not exist or channel',
      ],
      [
        { type: 'friendship_notification_seen', channel, message: channel },
        'this message id is not exist or channel',
      ],
      [{ type: 'friendship_notification_seen' }, 'this message id is not exist or channel'],
      [{ type: 'group_message', channel, content: 'x' }, 'this channel does not exist, or is not yours'],
    ];
    for (const [frame] of cases) alices.send(frame);
    const errors = () => alices.json.slice(from).filter((frame) => 'error' in frame);
    await alices.until(() => errors().length === cases.length, 'all errors');
    expect(errors()).toEqual(cases.map(([, error]) => ({ error })));
    alices.send({ type: 'friendship', channel, payload: 'still here' });
    await bobs.find(isMessage('still here'));
    await Promise.all([alices, bobs].map((each) => each.close()));
  });

  it('tells of friendships as they change, and falls silent once one side rejects', async () => {
    const theirs = await carol.socket();
    const id = (await carol.ask('POST', FRIENDSHIP, { to_user: alice.id, status: 'accepted' })).body.id;
    for (const socket of [theirs, alices]) {
      const { friendship, ...rest } = await socket.find((frame) => frame.friendship?.id === id);
      expect(rest).toEqual({ type: 'friendship' });
      expect(friendship).toMatchObject({
        from_user: { id: carol.id },
        status_from_user: 'accepted',
        status_to_user: 'pending',
      });
    }
    // Nobody has to accept before they write.
    theirs.send({ type: 'friendship', channel: id, payload: 'may I?' });
    await alices.find(isMessage('may I?'));
    const choose = async (status: string) => {
      await alice.ask('PATCH', FRIENDSHIP, { friendship_id: id, status });
      await theirs.find((frame) => frame.friendship?.status_to_user === status);
    };
    await choose('rejected');
    theirs.send({ type: 'friendship', channel: id, payload: 'hello?' });
    await theirs.find((frame) => frame.error === 'this friendship was rejected');
    const reply = await carol.ask('POST', '/api/messages/friendship/', { channel: id, content: 'hello?' });
    expect([reply.status, reply.body]).toEqual([
      401,
      { error: 'You are not authorized to send messages to this friendship' },
    ]);
    expect(listOf(await carol.ask('GET', `/api/messages/status/${id}/`))).toEqual(['may I?']);
    await choose('accepted');
    theirs.send({ type: 'friendship', channel: id, payload: 'thank you' });
    await alices.find(isMessage('thank you'));
    expect(alices.json.some(isMessage('hello?'))).toBe(false);
    await Promise.all([alices, bobs, theirs].map((each) => each.close()));
  });

  it('brings files in the frame, however they are named, and keeps nothing of what it cannot read', async () => {
    const image = (await picture(300, 200).png().toBuffer()).toString('base64');
    const text = Buffer.from('plain words');
    const send = (payload: string, media: unknown) =>
      alices.send({ type: 'friendship', channel, payload, media });
    send('three', [
      { 'red & blue.png': `data:image/png;base64,${image}` },
      { filename: 'notes.txt', data: text.toString('base64') },
      { filename: text.toString('base64') },
    ]);
    const frame = await bobs.find(isMessage('three'));
    expect(frame.media).toEqual(frame.message.message.media);
    expect(frame.media).toEqual(
      ['red & blue', 'notes', 'filename'].map((stem) => ({
        id: UUID,
        file: expect.stringContaining(`/chat-project/media/media/files/${encodeURIComponent(stem)}_`),
        uploaded_at: TIME,
      })),
    );
    const [first, second] = frame.media;
    expect((await fetch(server.url + first.file)).headers.get('content-type')).toBe('image/png');
    expect(await (await fetch(server.url + second.file)).text()).toBe('plain words');
    expect((await fetch(server.url + second.file.replace(/signature=.*/, 'signature=x'))).status).toBe(404);
    expect((await fetch(server.url + second.file.split('?')[0])).status).toBe(404);

    const from = alices.json.length;
    const bad: unknown[] = [
      'text',
      [1],
      [{}],
      [{ a: 5 }],
      [{ a: '!!!' }],
      [{ a: '' }],
      [{ ok: 'YQ==' }, { a: '*' }],
    ];
    for (const media of bad) send('bad', media);
    send(
      'too many',
      Array.from({ length: 11 }, () => ({ 'a.txt': 'YQ==' })),
    );
    const errors = () => alices.json.slice(from).filter((each) => 'error' in each);
    await alices.until(() => errors().length === bad.length + 1, 'all errors');
    send('last', [{ 'a.txt': 'YQ==' }]);
    await bobs.find(isMessage('last'));
    expect(listOf(await history(bob, 'before=true&page_size=2'))).toEqual(['last', 'three']);
    await Promise.all([alices, bobs].map((each) => each.close()));
  });

  it('takes frames of megabytes, and ends at what is larger than it may be', async () => {
    const bytes = Buffer.alloc(6 * 1_048_576, 'parlour ');
    alices.send({
      type: 'friendship',
      channel,
      payload: 'large',
      media: [{ 'large.txt': bytes.toString('base64') }],
    });
    const { media } = await bobs.find(isMessage('large'));
    const stored = await fetch(server.url + media[0].file);
    expect(Buffer.from(await stored.arrayBuffer()).equals(bytes)).toBe(true);
    alices.send('x'.repeat(16 * 1_048_576 + 1));
    expect(await alices.closed).toMatchObject({ code: 1009 });
    await bobs.close();
  });

  it('calls its frames as the last version did, for whoever asks', async () => {
    const last = await alice.socket('?dialect=head');
    bobs.send({ type: 'friendship', channel, payload: 'hi' });
    expect(await last.find((frame) => frame.type === 'friendship_message')).toMatchObject({
      message: { message: { content: 'hi', sender: bob.id } },
    });
    await bob.ask('PATCH', FRIENDSHIP, { friendship_id: channel, status: 'pending' });
    await last.find((frame) => frame.type === 'frienship_message' && frame.friendship.id === channel);
    await Promise.all([alices, bobs, last].map((each) => each.close()));
  });

  it('tells of each message that a mark has passed, when it moves over several', async () => {
    await bobs.close();
    const texts = ['first', 'second', 'third'];
    for (const text of texts) await say(alice, text);
    const told = (event: string) =>
      alices.json
        .filter((frame) => frame.event === event)
        .map((frame) => frame.message.message.content)
        .filter((text) => texts.includes(text));
    const { results } = (await history(bob, 'before=true&page_size=3')).body;
    await alices.until(() => told('received').length === 3, 'three notifications');
    expect(told('received')).toEqual(['first', 'second', 'third']);
    const reply = await bob.ask('POST', '/api/messages/friendship/notification/seen/', {
      message_id: results[1].message.id,
    });
    expect([reply.status, reply.body]).toEqual([200, { success: 'Message marked as seen' }]);
    await alices.until(() => told('seen').length === 2, 'two notifications');
    expect(told('seen')).toEqual(['first', 'second']);
    await alices.close();
  });
});

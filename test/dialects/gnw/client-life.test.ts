import io, { type Client } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await startTestServer({ config: { dialectPorts: { gnw: 0 } } });
  url = server.ownUrl('gnw');
});
afterAll(() => server.stop());

/** A browser with a page of the original's front end: it keeps cookies, and calls as that page does. */
class Browser {
  readonly got: [string, any][] = [];
  #cookie = '';
  #socket: Client | undefined;

  async post(path: string, fields: object = {}): Promise<any> {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Cookie: this.#cookie },
      body: JSON.stringify(fields),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie) this.#cookie = cookie.split(';', 1)[0]!;
    const body: any = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${body.error}`);
    return body;
  }

  async pending(): Promise<any> {
    return (await fetch(`${url}/pending`, { headers: { Cookie: this.#cookie } })).json();
  }

  connect(): void {
    const extraHeaders = { Cookie: this.#cookie };
    const transportOptions = { polling: { extraHeaders }, websocket: { extraHeaders } };
    this.#socket = io(url, { forceNew: true, forceNode: true, transportOptions });
    this.#socket.emit('connection', { uid: 'whoimi' });
    for (const event of ['fetchChat', 'chatMessage', 'friendRequest', 'friendAdded', 'unauthorized'])
      this.#socket.on(event, (data) => this.got.push([event, data]));
  }

  emit(event: string, data: object): void {
    this.#socket!.emit(event, data);
  }

  leave(): void {
    this.#socket!.close();
    this.got.length = 0;
  }

  of(event: string): any[] {
    return this.got.filter(([name]) => name === event).map(([, data]) => data);
  }
}

const poll = (fact: () => unknown) => expect.poll(fact, { timeout: 20_000 });

it('a client of GNW lives its whole life here, in the order in which it calls', async () => {
  const [alice, bob] = [new Browser(), new Browser()];
  // The form of the front end sends all its fields, filled in or not.
  const form = { password: 'secret', displayName: '', birthday: '' };
  expect(await alice.post('/signUp', { ...form, username: 'alice', email: 'alice@gnw' })).toMatchObject({
    ...{ username: 'alice', displayName: 'alice', chatID: expect.stringMatching(/^gnw_id_/) },
  });
  await bob.post('/signUp', { ...form, username: 'bob', email: 'bob@gnw', displayName: 'Bob B' });
  await alice.post('/check-authorization', { username: 'alice' });
  expect(await alice.post('/getContacts', { username: 'alice' })).toEqual([]);
  for (const browser of [alice, bob]) browser.connect();

  await alice.post('/addFriend', { friend_username: 'bob' });
  await poll(() => bob.of('friendRequest').map(({ username }) => username)).toContain('alice');
  expect(await bob.post('/getIncomingFriendRequests')).toMatchObject([{ username: 'alice' }]);
  await bob.post('/acceptRequest', { requester_username: 'alice' });
  await poll(() => alice.of('friendAdded').map(({ displayName }) => displayName)).toContain('Bob B');
  const [contact] = await alice.post('/getContacts');
  expect(await alice.pending()).toMatchObject([{ username: 'bob', result: 'approved' }]);

  // All that the document's list says of a contact is its chatID, and that is enough to write.
  alice.emit('fetchChat', { cIds: [contact.chatID], timestamps: [0] });
  await poll(() => alice.of('fetchChat')).toEqual([{ [contact.chatID]: [] }]);
  alice.emit('chatMessage', { cId: contact.chatID, message: { type: 'text', payload: 'Hello Bob' } });
  await poll(() => bob.of('chatMessage')).toMatchObject([{ payload: 'Hello Bob', from: 'alice' }]);
  await poll(() => alice.of('chatMessage')).toHaveLength(1);
  const [{ timestamp, cId }] = bob.of('chatMessage');

  // Away, and back with the time of what was seen last.
  bob.leave();
  for (const payload of ['Are you there?', 'Bob?'])
    alice.emit('chatMessage', { cId, message: { type: 'text', payload } });
  await poll(() => alice.of('chatMessage')).toHaveLength(3);
  bob.connect();
  bob.emit('fetchChat', { cIds: [cId], timestamps: [timestamp] });
  await poll(() => bob.of('fetchChat')).toMatchObject([
    { [cId]: [{ payload: 'Are you there?' }, { payload: 'Bob?' }] },
  ]);

  const token = await alice.post('/change-password', { username: 'alice', new_password: 'better' });
  expect(token).toEqual({ status: 'ok' });
  await alice.post('/getContacts');
  await alice.post('/logout');
  await expect(alice.post('/getContacts')).rejects.toThrow('401');
  await expect(alice.post('/login', { username: 'alice', password: 'secret' })).rejects.toThrow('401');
  await alice.post('/login', { username: 'alice', password: 'better' });
  await alice.post('/unfriend', { friend_username: 'bob' });
  bob.emit('chatMessage', { cId, message: { type: 'text', payload: 'Why?' } });
  await poll(() => bob.of('unauthorized')).toHaveLength(1);
  for (const browser of [alice, bob]) browser.leave();
});

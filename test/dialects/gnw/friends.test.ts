import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allMails, mailTo } from '../../support/mailbox.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { befriend, type Gnw, signUp, verifyAddress } from './people.ts';

describe('people in GNW', () => {
  let server: TestServer;
  let root: string;
  beforeAll(async () => {
    // Quicker than PGlite, and there are many people.
    server = await startTestServer();
    root = `${server.url}/gnw`;
  });
  afterAll(() => server.stop());

  const cast = async (...names: string[]): Promise<Gnw[]> => {
    const people = [];
    for (const name of names) people.push(await signUp(root, name));
    return people;
  };
  const pending = (who: Gnw) => ask('GET', `${root}/pending?jwt=${who.token}`);
  const body = ({ username, chatID }: Gnw, displayName: string) => ({
    ...{ username, displayName, display_name: displayName, chatID },
  });

  it('become contacts by a request and its answer', async () => {
    const [alice, bob] = (await cast('Alice', 'Bob')) as [Gnw, Gnw];
    const asked = await alice.post('/addFriend', { friend_username: bob.username, username: alice.username });
    expect([asked.status, asked.body]).toEqual([200, { status: 'ok', result: 'TRUE' }]);
    expect((await alice.post('/getPendingFriendRequests')).body).toEqual([body(bob, 'Bob')]);
    expect((await alice.post('/getIncomingFriendRequests')).body).toEqual([]);
    expect((await bob.post('/getIncomingFriendRequests')).body).toEqual([body(alice, 'Alice')]);
    expect((await bob.post('/getRequestsToMe/')).body).toEqual([body(alice, 'Alice')]);
    expect((await bob.post('/getContacts')).body).toEqual([]);

    const accepted = await bob.post('/acceptRequest', { requester_username: alice.username });
    expect(accepted.body).toEqual({ status: 'ok', result: 'TRUE', conversationId: expect.any(String) });
    const { conversationId } = accepted.body;
    expect((await alice.post('/getContacts')).body).toEqual([{ ...body(bob, 'Bob'), conversationId }]);
    expect((await bob.post('/getContacts')).body).toEqual([{ ...body(alice, 'Alice'), conversationId }]);
    expect((await bob.post('/getIncomingFriendRequests')).body).toEqual([]);
  });

  it('become contacts when both ask, and have their conversation again after they parted', async () => {
    const [alice, bob] = (await cast('Alice', 'Bob')) as [Gnw, Gnw];
    await alice.post('/addFriend', { friendUsername: bob.username });
    const mutual = await bob.post('/addFriend', { friend_username: alice.username });
    expect(mutual.body).toEqual({ status: 'ok', result: 'TRUE', conversationId: expect.any(String) });
    expect((await bob.post('/addFriend', { friend_username: alice.username })).status).toBe(409);
    expect((await alice.post('/unfriend', { friend_username: bob.username })).status).toBe(200);
    for (const one of [alice, bob]) expect((await one.post('/getContacts')).body).toEqual([]);
    expect((await alice.post('/unfriend', { friend_username: bob.username })).status).toBe(404);
    expect(await befriend(bob, alice)).toBe(mutual.body.conversationId);
  });

  it('are listed by what they are called, without regard to case, and then by username', async () => {
    const [me, ...others] = await cast('me', 'zora', 'Émile', 'anna', 'Bert', 'ANNA', 'émile b');
    for (const other of others) await befriend(me!, other);
    const rows = (await me!.post('/getContacts')).body;
    const names = rows.map(({ displayName }: { displayName: string }) => displayName.toLowerCase());
    expect(names).toEqual(['anna', 'anna', 'bert', 'émile', 'émile b', 'zora']);
    const annas = rows.slice(0, 2).map(({ username }: Gnw) => username);
    expect(annas).toEqual([...annas].sort());
  });

  it('are listed with the oldest request first', async () => {
    const [me, ...others] = await cast('me', 'zora', 'anna', 'mia');
    for (const other of others) {
      await other.post('/addFriend', { friend_username: me!.username });
    }
    const incoming = (await me!.post('/getIncomingFriendRequests')).body;
    expect(incoming.map(({ displayName }: { displayName: string }) => displayName)).toEqual([
      'zora',
      'anna',
      'mia',
    ]);
    const outgoing = await cast('y', 'x');
    for (const other of outgoing) await me!.post('/addFriend', { friend_username: other.username });
    const asked = (await me!.post('/getRequestsFromMe')).body;
    expect(asked.map(({ displayName }: { displayName: string }) => displayName)).toEqual(['y', 'x']);
  });

  it('see what became of their requests, both ways, after they were answered too', async () => {
    const [alice, bob, carol, dave] = (await cast('Alice', 'Bob', 'Carol', 'Dave')) as [Gnw, Gnw, Gnw, Gnw];
    const conversationId = await befriend(alice, bob);
    await alice.post('/addFriend', { friend_username: carol.username });
    await carol.post('/denyRequest', { friend_username: alice.username });
    await dave.post('/addFriend', { friend_username: alice.username });

    const open = { conversationId: null, createdAt: expect.any(Number) };
    const list = await pending(alice);
    expect(list.body).toEqual([
      {
        ...body(bob, 'Bob'),
        ...open,
        direction: 'outgoing',
        status: 'approved',
        result: 'approved',
        conversationId,
      },
      { ...body(carol, 'Carol'), ...open, direction: 'outgoing', status: 'denied', result: 'denied' },
      { ...body(dave, 'Dave'), ...open, direction: 'incoming', status: 'pending', result: null },
    ]);
    expect(list.body[0].createdAt).toBeCloseTo(Date.now(), -5);
    // Reading takes nothing away.
    expect((await pending(alice)).body).toEqual(list.body);
    expect((await ask('GET', `${root}/pending`)).status).toBe(401);

    // Who was denied may ask again, and is asked about again.
    expect((await alice.post('/addFriend', { friend_username: carol.username })).status).toBe(200);
    expect((await carol.post('/getIncomingFriendRequests')).body).toEqual([body(alice, 'Alice')]);
  });

  it('deny a request by unfriending whoever asks, and withdraw their own by the same', async () => {
    const [alice, bob] = (await cast('Alice', 'Bob')) as [Gnw, Gnw];
    await alice.post('/addFriend', { friend_username: bob.username });
    expect((await bob.post('/unfriend', { friend_username: alice.username })).status).toBe(200);
    expect((await pending(alice)).body).toMatchObject([{ status: 'denied', direction: 'outgoing' }]);
    await alice.post('/addFriend', { friend_username: bob.username });
    expect((await alice.post('/unfriend', { friend_username: bob.username })).status).toBe(200);
    for (const one of [alice, bob]) expect((await pending(one)).body).toEqual([]);
    expect((await bob.post('/acceptRequest', { requester_username: alice.username })).status).toBe(404);
  });

  it('are told what cannot be', async () => {
    const [alice, bob] = (await cast('Alice', 'Bob')) as [Gnw, Gnw];
    const add = (friend_username?: unknown) => alice.post('/addFriend', { friend_username });
    expect((await add()).status).toBe(400);
    expect((await add(['x'])).status).toBe(400);
    expect((await add('nobody-of-this-name')).status).toBe(404);
    expect((await add(alice.username)).status).toBe(400);
    expect((await add(bob.username)).status).toBe(200);
    expect((await add(bob.username)).status).toBe(409);
    // One's own request is not for oneself to answer.
    expect((await alice.post('/acceptRequest', { friend_username: bob.username })).status).toBe(404);
    expect((await alice.post('/denyRequest', { friend_username: bob.username })).status).toBe(404);
    for (const path of ['/addFriend', '/unfriend', '/acceptRequest', '/denyRequest', '/inviteFriends'])
      expect((await ask('POST', `${root}${path}`, { json: { friend_username: bob.username } })).status).toBe(
        401,
      );
  });

  it('invite others by mail once their own address is proven, and hear nothing of who has an account', async () => {
    const [alice, bob] = (await cast('Alice', 'Bob')) as [Gnw, Gnw];
    const invite = (friend_email: unknown) => alice.post('/inviteFriends', { friend_email });
    expect((await invite('carol@example.org')).status).toBe(403);
    for (const each of [alice, bob]) await verifyAddress(server, each);
    const stranger = `${crypto.randomUUID()}@example.org`;
    const invited = await invite(`${stranger}, ${bob.email}`);
    expect([invited.status, invited.body]).toEqual([200, { status: 'ok' }]);
    expect((await mailTo(server, stranger)).subject).toBe('Somebody invites you to chat');
    // Whoever has the address already is asked instead, which the inviter does not see.
    await expect
      .poll(async () => (await bob.post('/getIncomingFriendRequests')).body)
      .toEqual([body(alice, 'Alice')]);
    expect((await pending(alice)).body).toEqual([]);
    expect((await invite(stranger)).status).toBe(409);

    const newcomer = await signUp(root, 'Newcomer', { email: stranger });
    expect((await newcomer.post('/getIncomingFriendRequests')).body).toEqual([]);
    await verifyAddress(server, newcomer);
    expect((await newcomer.post('/getIncomingFriendRequests')).body).toEqual([body(alice, 'Alice')]);
    await newcomer.post('/acceptRequest', { friend_username: alice.username });
    expect((await alice.post('/getContacts')).body).toMatchObject([{ displayName: 'Newcomer' }]);
  });

  it('invite nobody with what is no address, not even the others of the same list', async () => {
    const [alice] = (await cast('Alice')) as [Gnw];
    await verifyAddress(server, alice);
    const good = `${crypto.randomUUID()}@example.org`;
    for (const friend_email of [
      undefined,
      '',
      ',',
      'no address',
      [good, 'no address'],
      [good, 7],
      Array(21).fill(good),
    ])
      expect((await alice.post('/inviteFriends', { friend_email })).status).toBe(400);
    expect((await alice.post('/inviteFriends', { email: [good] })).status).toBe(200);
    await mailTo(server, good);
    expect((await allMails(server)).filter(({ to }) => to === good)).toHaveLength(1);
  });

  it('make groups of contacts, and list all their conversations', async () => {
    const [alice, bob, carol] = (await cast('Alice', 'Bob', 'Carol')) as [Gnw, Gnw, Gnw];
    const dialog = await befriend(alice, bob);
    const group = (members: unknown, name = 'us') => alice.post('/createGroup', { name, members });
    expect((await group([carol.username])).status).toBe(403);
    expect((await group([bob.username], '')).status).toBe(400);
    const made = await group([bob.username]);
    expect([made.status, made.body]).toEqual([200, { conversationId: expect.any(String) }]);
    const listed = (await bob.post('/getConversations')).body;
    expect(listed).toEqual([
      { conversationId: made.body.conversationId, participants: expect.any(Array), lastMessage: null },
      { conversationId: dialog, participants: expect.any(Array), lastMessage: null },
    ]);
    for (const { participants } of listed)
      expect(participants.sort()).toEqual([alice.username, bob.username].sort());
    expect((await carol.post('/getConversations')).body).toEqual([]);
  });
});

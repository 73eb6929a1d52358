import { Client, type Room } from '@colyseus/sdk';
import { type Actor, landscape, portrait, signUp } from './people.ts';

export interface Scene {
  /** Whose page is shown; an admin. */
  readonly alice: Actor;
  /** Ids of conversations. */
  readonly withBob: string;
  readonly hike: string;
  /** Bob is there, until this. */
  end(): Promise<unknown>;
}

/** People who have known each other for a while. */
export async function setTheScene(url: string): Promise<Scene> {
  const alice = await signUp(url, 'alice', 'Alice Adams');
  const bob = await signUp(url, 'bob', 'Bob Berg');
  const carol = await signUp(url, 'carol', 'Carol Cho');
  const dave = await signUp(url, 'dave', 'Dave Diaz');
  const erin = await signUp(url, 'erin', 'Erin Ek');
  for (const [actor, hue] of [
    [alice, 265],
    [bob, 20],
    [carol, 150],
  ] as const)
    await actor.upload('PUT', '/me/avatar', 'me.png', await portrait(hue));
  for (const friend of [bob, carol, dave]) {
    const { id } = await friend.ask('POST', '/friendships', { userId: alice.id });
    await alice.ask('PATCH', `/friendships/${id}`, { status: 'accepted' });
  }
  await erin.ask('POST', '/friendships', { userId: alice.id });

  const members = [bob, carol, dave].map(({ id }) => id);
  const { id: hike } = await alice.ask('POST', '/conversations', {
    kind: 'group',
    name: 'Sunday hike',
    members,
  });
  await say(carol, hike, 'Who is in for the lake on Sunday?');
  await say(dave, hike, 'Me! I can take two in the car.');
  const { id: photo } = await bob.upload('POST', '/media', 'last-time.jpg', await landscape(215));
  await bob.ask('POST', `/conversations/${hike}/messages`, {
    text: 'Last time it looked like this',
    attachments: [photo],
  });
  await say(alice, hike, 'Count me in. Meeting at nine at the station?');
  await say(carol, hike, 'Nine is fine');

  const { id: withCarol } = await alice.ask('POST', '/conversations', { kind: 'dialog', userId: carol.id });
  await say(carol, withCarol, 'Did you find the tickets?');
  const { id: withDave } = await alice.ask('POST', '/conversations', { kind: 'dialog', userId: dave.id });
  await say(alice, withDave, 'Thanks for the lift!');
  const { id: withBob } = await alice.ask('POST', '/conversations', { kind: 'dialog', userId: bob.id });
  await say(bob, withBob, 'Hello Alice! Are you back?');
  await say(alice, withBob, 'Since yesterday evening. The train was late, the sea was warm.');
  await say(bob, withBob, 'Show me :)');
  const { id: sea } = await alice.upload('POST', '/media', 'sea.jpg', await landscape(190));
  await alice.ask('POST', `/conversations/${withBob}/messages`, {
    text: 'The last evening',
    attachments: [sea],
  });
  await say(bob, withBob, 'Beautiful. I put the route here: https://example.org/coast');
  await say(bob, withBob, 'Lunch on Friday?');
  await bob.ask('PUT', `/conversations/${withBob}/marks`, { readSeq: 6 });
  const inbox = await arrive(url, bob);
  return { alice, withBob, hike, end: () => inbox.leave() };
}

async function arrive(url: string, { token }: Actor): Promise<Room> {
  const client = new Client(url);
  client.auth.token = token;
  const inbox = await client.joinOrCreate('inbox');
  inbox.onMessage('*', () => {});
  return inbox;
}

async function say(actor: Actor, conversationId: string, text: string): Promise<void> {
  await actor.ask('POST', `/conversations/${conversationId}/messages`, { text });
}

import { expect } from 'vitest';
import { type Person, person } from './cast.ts';

/**
 * A whole conversation with real SDK clients against a running server, wherever and on whatever it runs:
 * befriend, write, go away, come back, find everything.
 */
export async function holdConversation(url: string): Promise<{ alice: Person; bob: Person; dialog: string }> {
  const [alice, bob] = [await person(url, 'alice'), await person(url, 'bob')];
  const [alices, bobs] = [await alice.join('inbox'), await bob.join('inbox')];
  const { body: asked } = await alice.api('POST', '/friendships', { userId: bob.id });
  await bobs.next('friendship', ({ friendship }) => friendship.status === 'pending');
  await bob.api('PATCH', `/friendships/${asked.id}`, { status: 'accepted' });
  await alices.next('friendship', ({ friendship }) => friendship.status === 'accepted');

  const inRoom = await alice.join('dialog', { username: bob.username });
  const dialog = inRoom.room.roomId;
  await inRoom.request('send', { text: 'hello bob', clientId: '1' });
  await bobs.next('message', ({ message }) => message.text === 'hello bob');
  await bobs.request('send', { conversationId: dialog, text: 'hello alice' });
  await inRoom.until(() => inRoom.texts.includes('hello alice'));
  await bobs.request('read', { conversationId: dialog, seq: 2 });
  await inRoom.until(() => inRoom.state.members.get(bob.id).readSeq === 2);
  await bobs.room.leave();
  await inRoom.until(() => inRoom.state.members.get(bob.id).online === false);

  await inRoom.request('send', { text: 'are you there?' });
  await inRoom.request('edit', { seq: 1, text: 'hello Bob' });
  const { body: waiting } = await bob.api('GET', '/unsent');
  expect(waiting.items).toMatchObject([{ text: 'are you there?' }]);
  const back = await bob.join('inbox');
  expect(back.texts).toEqual(['are you there?']);
  await back.request('delivered', { conversationId: dialog, seq: 3 });
  expect(await textsOf(bob, dialog)).toEqual(['hello Bob', 'hello alice', 'are you there?']);

  const { body: group } = await alice.api('POST', '/conversations', {
    kind: 'group',
    name: 'us',
    members: [bob.id],
  });
  const bobInGroup = await bob.join('group', { id: group.id });
  await alices.request('send', { conversationId: group.id, text: 'all of us' });
  await bobInGroup.until(() => bobInGroup.texts.includes('all of us'));
  for (const joined of [alices, back, inRoom, bobInGroup]) await joined.room.leave();
  return { alice, bob, dialog };
}

export async function textsOf(reader: Person, conversationId: string): Promise<string[]> {
  const { body } = await reader.api('GET', `/conversations/${conversationId}/messages?limit=200`);
  return body.items.map((message: { text: string }) => message.text);
}

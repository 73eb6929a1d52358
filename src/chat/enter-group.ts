import { Conversation } from '../entities/conversation.ts';
import { findMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { joinGroup } from './join-group.ts';

/**
 * The group with a number, for wires that know no other name of it. A public one is everybody's: whoever looks it up
 * is in it from then on. Numbers are given one after the other, so it is no secret that there is a group, and
 * strangers may be told that it is not theirs. `onJoining` may refuse.
 */
export async function enterGroup(
  chat: Pick<Chat, 'database' | 'announcer'>,
  callerId: string,
  number: number,
  onJoining: () => void = () => {},
): Promise<Conversation> {
  const em = chat.database.em.fork();
  const group = await em.findOne(Conversation, { number, kind: 'group' });
  if (!group) throw new ChatError('not_found', 'no such group');
  if (await findMembership(em, group.id, callerId)) return group;
  if (group.visibility !== 'public') throw new ChatError('forbidden', 'not a member of this group');
  onJoining();
  await joinGroup(chat, callerId, group.id);
  return group;
}

import { Block } from '../entities/block.ts';
import type { EntityManager } from '../entities/database.ts';
import { User } from '../entities/user.ts';
import { ChatError } from './errors.ts';

/**
 * The people somebody wants to have in a group, in the order given, each once. All or none: a half-made
 * group is worse than an answer that says who cannot be added.
 */
export async function findInvited(
  em: EntityManager,
  callerId: string,
  userIds: readonly string[],
): Promise<User[]> {
  const wanted = [...new Set(userIds)];
  const users = new Map(
    (await em.find(User, { id: wanted, deletedAt: null })).map((user) => [user.id, user]),
  );
  refuse('not_found', 'no such user', userIds, (id) => !users.has(id));
  const blocks = await em.find(Block, {
    $or: [
      { blockerId: callerId, blockedId: wanted },
      { blockerId: wanted, blockedId: callerId },
    ],
  });
  const blockedIds = new Set(blocks.flatMap((block) => [block.blockerId, block.blockedId]));
  blockedIds.delete(callerId);
  refuse('blocked', 'one of you blocks the other', userIds, (id) => blockedIds.has(id));
  return wanted.map((id) => users.get(id)!);
}

function refuse(
  code: 'not_found' | 'blocked',
  message: string,
  userIds: readonly string[],
  isRefused: (userId: string) => boolean,
): void {
  const refused = [...new Set(userIds)].filter(isRefused);
  if (refused.length === 0) return;
  throw new ChatError(
    code,
    message,
    refused.map((path) => ({ path, message })),
  );
}

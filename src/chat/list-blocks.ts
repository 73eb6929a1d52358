import { Block } from '../entities/block.ts';
import { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import type { UserView } from './events.ts';
import { userView } from './views.ts';

export interface BlockView {
  readonly user: UserView;
  readonly blockedAt: string;
}

export interface BlockPosition {
  readonly blockedAt: string;
  readonly userId: string;
}

/** Whom the caller blocks, the latest first. Who blocks the caller is nobody's to list. */
export async function listBlocks(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  { limit, after }: { readonly limit: number; readonly after?: BlockPosition | undefined },
): Promise<{ items: BlockView[]; next: BlockPosition | null }> {
  const em = chat.database.em.fork();
  const at = after && new Date(after.blockedAt);
  const older = at && {
    $or: [{ createdAt: { $lt: at } }, { createdAt: at, blockedId: { $lt: after.userId } }],
  };
  const found = await em.find(
    Block,
    { blockerId: callerId, ...older },
    { orderBy: { createdAt: 'desc', blockedId: 'desc' }, limit: limit + 1 },
  );
  const page = found.slice(0, limit);
  const users = await em.find(User, { id: page.map((block) => block.blockedId) });
  const byId = new Map(users.map((user) => [user.id, user]));
  const items = page.flatMap(({ blockedId, createdAt }) => {
    const user = byId.get(blockedId);
    return user ? [{ user: userView(user), blockedAt: createdAt.toISOString() }] : [];
  });
  const last = page.at(-1);
  const next =
    found.length > limit && last ? { blockedAt: last.createdAt.toISOString(), userId: last.blockedId } : null;
  return { items, next };
}

import { Membership } from '../entities/membership.ts';
import { User } from '../entities/user.ts';
import { requireMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import type { MemberView } from './events.ts';
import { memberView } from './views.ts';

export interface MemberPosition {
  readonly joinedAt: string;
  readonly userId: string;
}

export interface ListMembers {
  readonly conversationId: string;
  readonly limit: number;
  readonly after?: MemberPosition | undefined;
}

/** For members, in the order in which people joined. */
export async function listMembers(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  { conversationId, limit, after }: ListMembers,
): Promise<{ items: MemberView[]; next: MemberPosition | null }> {
  const em = chat.database.em.fork();
  await requireMembership(em, conversationId, callerId);
  const at = after && new Date(after.joinedAt);
  const later = at && { $or: [{ joinedAt: { $gt: at } }, { joinedAt: at, userId: { $gt: after.userId } }] };
  const found = await em.find(
    Membership,
    { conversationId, leftAt: null, ...later },
    { orderBy: { joinedAt: 'asc', userId: 'asc' }, limit: limit + 1 },
  );
  const page = found.slice(0, limit);
  const users = await em.find(User, { id: page.map((membership) => membership.userId) });
  const byId = new Map(users.map((user) => [user.id, user]));
  const items = page.flatMap((membership) => {
    const user = byId.get(membership.userId);
    return user ? [memberView(membership, user)] : [];
  });
  const last = page.at(-1);
  const next =
    found.length > limit && last ? { joinedAt: last.joinedAt.toISOString(), userId: last.userId } : null;
  return { items, next };
}

import { Membership } from '../entities/membership.ts';
import { User } from '../entities/user.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { MemberView } from './events.ts';
import { requireLiveSession } from './live-sessions.ts';
import { memberView } from './views.ts';

/** The caller's own place in a conversation, as it is this moment: for faces that keep the door. */
export async function findMember(
  chat: Pick<Chat, 'database'>,
  { userId, sessionId }: Caller,
  conversationId: string,
): Promise<MemberView> {
  const em = chat.database.em.fork();
  await requireLiveSession(em, sessionId);
  const membership = await em.findOne(Membership, { conversationId, userId, leftAt: null });
  const user = membership && (await em.findOne(User, userId));
  if (!membership || !user) throw new ChatError('not_found', 'no such conversation');
  return memberView(membership, user);
}

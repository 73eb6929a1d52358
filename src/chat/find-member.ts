import type { Caller } from './authenticate.ts';
import { requireMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import type { MemberView } from './events.ts';
import { requireLiveSession } from './live-sessions.ts';
import { getUserOrFail } from './user-lookup.ts';
import { memberView } from './views.ts';

/** The caller's own place in a conversation, as it is this moment: for faces that keep the door. */
export async function findMember(
  chat: Pick<Chat, 'database'>,
  { userId, sessionId }: Caller,
  conversationId: string,
): Promise<MemberView> {
  const em = chat.database.em.fork();
  await requireLiveSession(em, sessionId);
  const membership = await requireMembership(em, conversationId, userId);
  return memberView(membership, await getUserOrFail(em, userId));
}

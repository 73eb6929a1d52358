import { useEffect } from 'preact/hooks';
import { useChat, useSnapshot } from '../app-context.ts';
import type { Snapshot, User } from '../client/index.ts';

const SOMEONE = 'Somebody';

/** How somebody is called: as a member, or who left long ago by asking. */
export function useName(conversationId: string, userId: string): string {
  const client = useChat();
  const name = useSnapshot((snapshot) => nameIn(snapshot, conversationId, userId));
  const isLoaded = useSnapshot(({ threads }) => threads.get(conversationId)?.loaded ?? false);
  useEffect(() => {
    if (name === undefined && isLoaded) client.person(userId);
  }, [name, isLoaded, userId]);
  return name ?? SOMEONE;
}

export function nameIn(
  { threads, people, conversations, me }: Snapshot,
  conversationId: string,
  userId: string,
): string | undefined {
  if (userId === me?.id) return me.displayName;
  const peer = conversations.get(conversationId)?.peer;
  if (peer?.id === userId) return peer.displayName;
  return threads.get(conversationId)?.members.get(userId)?.displayName ?? people.get(userId)?.displayName;
}

/** Members have no pictures of their own in the list, so those who speak are asked for. */
export function pictureIn({ people }: Snapshot, userId: string): User['avatar'] {
  return people.get(userId)?.avatar ?? null;
}

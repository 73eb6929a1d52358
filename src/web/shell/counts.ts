import type { Snapshot } from '../client/index.ts';

/** Conversations with something unread; muted ones do not call. */
export function unreadOf({ conversations }: Snapshot): number {
  return [...conversations.values()].filter(({ muted, unreadCount }) => !muted && unreadCount > 0).length;
}

/** People who wait for one's answer. */
export function requestsOf({ friendships, me }: Snapshot): number {
  return [...friendships.values()].filter(
    ({ status, addresseeId }) => status === 'pending' && addresseeId === me?.id,
  ).length;
}

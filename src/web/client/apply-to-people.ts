import { withChanged } from './store.ts';
import type { Snapshot, Thread } from './types.ts';
import type { User } from './wire.ts';

/** Wherever this person is shown; nobody is shown who was not. */
export function applyToPeople(snapshot: Snapshot, user: User): Snapshot {
  const { me } = snapshot;
  const renew = (known: User): User => (known.id === user.id ? user : known);
  return {
    ...snapshot,
    me: me?.id === user.id ? { ...me, ...user } : me,
    conversations: withChanged(snapshot.conversations, (conversation) =>
      conversation.peer?.id === user.id ? { ...conversation, peer: user } : conversation,
    ),
    friendships: withChanged(snapshot.friendships, (friendship) =>
      friendship.user.id === user.id ? { ...friendship, user } : friendship,
    ),
    blocks: withChanged(snapshot.blocks, renew),
    people: withChanged(snapshot.people, renew),
    threads: withChanged(snapshot.threads, (thread) => applyToMembers(thread, user)),
  };
}

function applyToMembers(thread: Thread, { id, username, displayName }: User): Thread {
  if (!thread.members.has(id)) return thread;
  const members = withChanged(thread.members, (member) =>
    member.userId === id ? { ...member, username, displayName } : member,
  );
  return { ...thread, members };
}

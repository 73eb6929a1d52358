import { putConversation } from './apply.ts';
import type { FriendList } from './friend-list.ts';
import { MAX_PEOPLE } from './limits.ts';
import { readBlocks } from './lists.ts';
import { type WritableStore, withEntry } from './store.ts';
import type { Sync } from './sync.ts';
import type { Api, ChatClient, Snapshot } from './types.ts';
import type { Conversation, Friendship, User } from './wire.ts';

export interface VerbsNeeds {
  readonly api: Api;
  readonly store: WritableStore<Snapshot>;
  readonly sync: Sync;
  readonly friends: FriendList;
}

type Verbs = Pick<
  ChatClient,
  | 'edit'
  | 'delete'
  | 'openDialog'
  | 'createGroup'
  | 'joinGroup'
  | 'updateGroup'
  | 'addMembers'
  | 'setRole'
  | 'mute'
  | 'removeMember'
  | 'askFriend'
  | 'answerFriend'
  | 'endFriendship'
  | 'block'
  | 'unblock'
  | 'person'
>;

/**
 * What is asked once, over HTTP, by somebody who waits for the answer. What it changed comes back as events, which need
 * no help; only what no event tells (blocks, muting) is put into the snapshot here.
 */
export function createVerbs({ api, store, sync, friends }: VerbsNeeds): Verbs {
  const asked = new Set<string>();

  function put(conversation: Conversation): string {
    store.update((snapshot) => putConversation(snapshot, conversation));
    return conversation.id;
  }

  async function askFor(userId: string): Promise<void> {
    const user = await api.get<User>(`/users/${userId}`);
    store.update((snapshot) => ({ ...snapshot, people: withEntry(snapshot.people, userId, user) }));
  }

  async function readBlocksAgain(): Promise<void> {
    const blocks = await readBlocks(api);
    store.update((snapshot) => ({ ...snapshot, blocks }));
  }

  return {
    edit: (id, seq, text) => api.patch(`/conversations/${id}/messages/${seq}`, { text }),
    delete: (id, seq) => api.delete(`/conversations/${id}/messages/${seq}`),
    openDialog: async (person) => put(await api.post('/conversations', { kind: 'dialog', ...person })),
    createGroup: async (group) => put(await api.post('/conversations', { kind: 'group', ...group })),
    joinGroup: async (id) => void put(await api.put(`/conversations/${id}/members/me`)),
    updateGroup: (id, change) => api.patch(`/conversations/${id}`, change),
    addMembers: (id, userIds) => api.post(`/conversations/${id}/members`, { userIds }),
    setRole: (id, userId, role) => api.patch(`/conversations/${id}/members/${userId}`, { role }),
    mute: async (id, muted) => {
      await api.patch(`/conversations/${id}/members/me`, { muted });
      await sync.readConversation(id);
    },
    removeMember: (id, userId) => api.delete(`/conversations/${id}/members/${userId}`),
    askFriend: async (person) => friends.put(await api.post<Friendship>('/friendships', person)),
    answerFriend: async (id, status) =>
      friends.put(await api.patch<Friendship>(`/friendships/${id}`, { status })),
    endFriendship: (id) => api.delete(`/friendships/${id}`),
    block: async (userId) => {
      await api.put(`/blocks/${userId}`);
      await readBlocksAgain();
    },
    unblock: async (userId) => {
      await api.delete(`/blocks/${userId}`);
      await readBlocksAgain();
    },
    person: (userId) => {
      if (asked.has(userId) || asked.size >= MAX_PEOPLE) return;
      asked.add(userId);
      // Somebody who is gone stays nameless.
      askFor(userId).catch(() => {});
    },
  };
}

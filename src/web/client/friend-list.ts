import { apply } from './apply.ts';
import { friendshipOf } from './apply-to-friendships.ts';
import { readBlocks, readFriendships } from './lists.ts';
import { type WritableStore, withEntry } from './store.ts';
import type { Api, Presence, Snapshot } from './types.ts';
import type { Friendship, FriendshipEvent, FriendshipFacts, PresenceEvent, User, UserEvent } from './wire.ts';

type AboutPeople = FriendshipEvent | PresenceEvent | UserEvent;

/**
 * Friends, requests, blocks, who is here and what people are called. They have no position that could be caught up with,
 * so the list is read again over each new line; what is heard meanwhile is applied once more, to the answer.
 */
export class FriendList {
  readonly #api: Api;
  readonly #store: WritableStore<Snapshot>;
  readonly #hearing = new Set<AboutPeople[]>();
  /** Friendships with people who are just being asked for. */
  readonly #strangers = new Map<string, FriendshipFacts>();

  constructor({ api, store }: { readonly api: Api; readonly store: WritableStore<Snapshot> }) {
    this.#api = api;
    this.#store = store;
  }

  hear(event: AboutPeople): void {
    for (const heard of this.#hearing) heard.push(event);
    if (event.type === 'friendship' && this.#strangers.has(event.friendship.id)) {
      this.#strangers.set(event.friendship.id, event.friendship);
      return;
    }
    const { snapshot, question } = apply(this.#store.snapshot, event);
    this.#store.update(() => snapshot);
    if (question?.about === 'friendship') void this.#introduce(question.friendship);
  }

  async read(): Promise<void> {
    const heard: AboutPeople[] = [];
    this.#hearing.add(heard);
    try {
      const friendships = new Map<string, Friendship>();
      const presence = new Map<string, Presence>();
      const [listed, blocks] = await Promise.all([readFriendships(this.#api), readBlocks(this.#api)]);
      for (const { online, lastSeenAt, ...friendship } of listed) {
        friendships.set(friendship.id, friendship);
        if (friendship.status === 'accepted') presence.set(friendship.user.id, { online, lastSeenAt });
      }
      this.#store.update((snapshot) => ({ ...snapshot, friendships, presence, blocks }));
    } finally {
      this.#hearing.delete(heard);
    }
    for (const event of heard) this.hear(event);
  }

  /** What an inbox was told is worth nothing once its line has broken. */
  forgetPresence(): void {
    this.#store.update((snapshot) => ({ ...snapshot, presence: new Map() }));
  }

  put(friendship: Friendship): void {
    this.#store.update((snapshot) => {
      const known = snapshot.friendships.get(friendship.id);
      if (known && known.changedAt > friendship.changedAt) return snapshot;
      return { ...snapshot, friendships: withEntry(snapshot.friendships, friendship.id, friendship) };
    });
  }

  /** The event does not say who they are. What else happens between the two until that is known, counts. */
  async #introduce(facts: FriendshipFacts): Promise<void> {
    const me = this.#store.snapshot.me?.id;
    if (me === undefined) return;
    this.#strangers.set(facts.id, facts);
    const otherId = facts.requesterId === me ? facts.addresseeId : facts.requesterId;
    try {
      const user = await this.#api.get<User>(`/users/${otherId}`);
      const latest = this.#strangers.get(facts.id);
      if (latest && latest.status !== 'ended') this.put(friendshipOf(latest, user, me));
    } catch {
      // Without a line the list is read again over the next one; somebody who is gone is nobody's friend.
    } finally {
      this.#strangers.delete(facts.id);
    }
  }
}

import type { Subscription } from '../bus/bus.ts';
import { query } from '../entities/database.ts';
import type { Cursor } from './cursor.ts';
import type { LiveNeeds } from './cursors.ts';
import {
  type ChatEvent,
  type ConversationInfo,
  type FriendshipEvent,
  isKept,
  type KeptEvent,
  topics,
} from './events.ts';
import { deliverToAll, type Face } from './face.ts';
import { infoColumns } from './json-sql.ts';
import { MAX_POSITIONS, SMALL_GROUP } from './limits.ts';
import { ToldPresence } from './told-presence.ts';

interface PositionRow extends Omit<ConversationInfo, 'id'> {
  readonly conversation_id: string;
  readonly rev: number;
  readonly last_seq: number;
  readonly member_count: number;
  readonly joined_rev: number;
  readonly joined_seq: number;
  readonly info_rev: number;
}

const POSITIONS = `
  select ms.conversation_id, c.rev, c.last_seq, c.member_count, ms.joined_rev, ms.joined_seq,
    c.info_rev, ${infoColumns('c')}
  from membership ms join conversation c on c.id = ms.conversation_id
  where ms.user_id = $1 and ms.left_at is null and ($2::uuid is null or ms.conversation_id = $2)
  order by c.changed_at desc`;

/**
 * One person's live stream on this node, shared by all their faces: every event of all their conversations,
 * each conversation in order and without holes, and what else concerns them.
 */
export class Feed {
  readonly userId: string;
  readonly faces = new Set<Face>();
  readonly #needs: LiveNeeds;
  readonly #subscription: Subscription;
  readonly #presence = new ToldPresence();
  readonly #cursors = new Map<string, Cursor>();
  /** Large groups tell only their own topic, so their members listen there. */
  readonly #largeGroups = new Map<string, Subscription>();
  #adopting: Map<string, Promise<void>> | undefined;
  #friendshipsShown: Map<string, string> | undefined;
  #early: ChatEvent[] | undefined = [];
  #closed = false;

  constructor(userId: string, needs: LiveNeeds) {
    this.userId = userId;
    this.#needs = needs;
    this.#subscription = needs.bus.subscribe(topics.user(userId), (payload) =>
      this.accept(payload as ChatEvent),
    );
  }

  /** Subscribed first, read after: what happens in between is heard, and dropped if it was read too. */
  async open(): Promise<void> {
    const rows = await query<PositionRow>(this.#needs.database.em, POSITIONS, [this.userId, null]);
    if (this.#closed) return;
    for (const row of rows) this.#follow(row, row.rev, row.last_seq);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) this.accept(event);
  }

  close(): void {
    this.#closed = true;
    this.#subscription.close();
    for (const conversationId of [...this.#cursors.keys()]) this.#unfollow(conversationId);
  }

  follows(conversationId: string): boolean {
    return this.#cursors.has(conversationId);
  }

  /** The position of this feed's faces in each conversation; of very many, in those that changed last. */
  positions(): { conversationId: string; rev: number }[] {
    const cursors = this.#cursors.values().take(MAX_POSITIONS);
    return [...cursors.map(({ conversationId, rev }) => ({ conversationId, rev }))];
  }

  accept(event: ChatEvent): void {
    if (this.#closed) return;
    if (this.#early) this.#early.push(event);
    else if (event.type === 'friendship') this.#acceptFriendship(event);
    else if (isKept(event)) this.#acceptKept(event);
    else if (event.type !== 'presence' || this.#presence.isNews(event)) deliverToAll(this.faces, event);
  }

  /** Takes up a conversation that is new to this person, from the moment at which they joined. */
  adopt(conversationId: string): Promise<void> {
    // Opening reads it too.
    if (this.#early) return Promise.resolve();
    this.#adopting ??= new Map();
    const running = this.#adopting.get(conversationId);
    if (running) return running;
    const adopting = this.#adopt(conversationId)
      .catch(this.#needs.onError)
      .finally(() => this.#adopting?.delete(conversationId));
    this.#adopting.set(conversationId, adopting);
    return adopting;
  }

  async #adopt(conversationId: string): Promise<void> {
    const [row] = await query<PositionRow>(this.#needs.database.em, POSITIONS, [this.userId, conversationId]);
    if (row === undefined || this.#closed || this.follows(conversationId)) return;
    // What was said before they came is history, not news.
    const since = row.joined_rev - 1;
    const cursor = this.#follow(row, since, row.joined_seq);
    // What it is called changed before they came, so it is not among what they missed.
    if (row.info_rev <= since) {
      const { number, kind, name, description, visibility, avatar } = row;
      const conversation = { id: conversationId, number, kind, name, description, visibility, avatar };
      this.#deliver({ type: 'conversation', conversationId, rev: since, conversation });
    }
    await cursor.fill();
    // Nothing was read: as if it had never been taken up, so that the position check comes by again.
    if (cursor.rev < row.rev && this.#cursors.get(conversationId) === cursor) this.#unfollow(conversationId);
  }

  #follow(row: PositionRow, rev: number, lastSeq: number): Cursor {
    const cursor = this.#needs.cursors.open({
      conversationId: row.conversation_id,
      rev,
      lastSeq,
      deliver: (event) => this.#deliver(event),
    });
    this.#cursors.set(row.conversation_id, cursor);
    this.#listenAsLargeGroup(row.conversation_id, row.member_count);
    return cursor;
  }

  #unfollow(conversationId: string): void {
    const cursor = this.#cursors.get(conversationId);
    if (cursor) this.#needs.cursors.delete(cursor);
    this.#cursors.delete(conversationId);
    this.#largeGroups.get(conversationId)?.close();
    this.#largeGroups.delete(conversationId);
  }

  #acceptKept(event: KeptEvent): void {
    const cursor = this.#cursors.get(event.conversationId);
    if (cursor) cursor.accept(event);
    else void this.adopt(event.conversationId);
  }

  #deliver(event: KeptEvent): void {
    if (event.type === 'mark' && this.#largeGroups.has(event.conversationId)) {
      // Thousands read what is said in a large group, and telling each of them of all would be millions.
      const own = event.marks.filter((mark) => mark.userId === this.userId);
      if (own.length > 0) deliverToAll(this.faces, { ...event, marks: own });
      return;
    }
    deliverToAll(this.faces, event);
    if (event.type !== 'member') return;
    this.#listenAsLargeGroup(event.conversationId, event.memberCount);
    if (event.member.userId === this.userId && event.member.left) this.#unfollow(event.conversationId);
  }

  /** Subscribed first, read after, here too: what was said while nobody listened is not left to the next check. */
  #listenAsLargeGroup(conversationId: string, memberCount: number): void {
    const subscription = this.#largeGroups.get(conversationId);
    if (memberCount > SMALL_GROUP && subscription === undefined) {
      const listen = (payload: object): void => {
        // Passing events of a large group are for those who have it open.
        if (isKept(payload as ChatEvent)) this.accept(payload as ChatEvent);
      };
      const topic = topics.conversation(conversationId);
      this.#largeGroups.set(conversationId, this.#needs.bus.subscribe(topic, listen));
      // Later, because a cursor that is just being filled would answer with what it has read already.
      setImmediate(() => void this.#cursors.get(conversationId)?.fill());
    } else if (memberCount <= SMALL_GROUP && subscription !== undefined) {
      subscription.close();
      this.#largeGroups.delete(conversationId);
    }
  }

  #acceptFriendship(event: FriendshipEvent): void {
    const { id, changedAt } = event.friendship;
    this.#friendshipsShown ??= new Map();
    if (changedAt <= (this.#friendshipsShown.get(id) ?? '')) return;
    this.#friendshipsShown.set(id, changedAt);
    deliverToAll(this.faces, event);
  }
}

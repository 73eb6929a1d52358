import { apply, eventsOf, putConversation, withoutConversation } from './apply.ts';
import { asFailure, ChatFailure } from './failure.ts';
import type { FriendList } from './friend-list.ts';
import {
  CATCH_UPS_AT_ONCE,
  FIRST_PAUSE_MS,
  MAX_CAUGHT_UP_SINGLY,
  MAX_HELD_EVENTS,
  MAX_POSITIONS,
} from './limits.ts';
import type { Line } from './line.ts';
import { readConversations } from './lists.ts';
import type { WritableStore } from './store.ts';
import type { Threads } from './threads.ts';
import { createTurnstile } from './turnstile.ts';
import type { Api, Snapshot } from './types.ts';
import type { Changes, Conversation, KeptEvent, Ready, ServerEvent } from './wire.ts';

export interface SyncNeeds {
  readonly api: Api;
  readonly store: WritableStore<Snapshot>;
  readonly line: Pick<Line, 'request'>;
  readonly friends: FriendList;
  readonly threads: Threads;
  /** Told of whatever is applied, also of what had been missed. */
  onApplied(event: KeptEvent): void;
  /** The line tells what happens from here on; what was missed is still to come. */
  onArrived(): void;
  /** Nothing that had been missed is missing any more. */
  onSettled(): void;
}

type Position = { readonly conversationId: string; readonly rev: number };

/**
 * Keeps the snapshot up with the server, as docs/protocol.md says under "Missing nothing": what a line tells is applied
 * as it comes; what was missed between two lines is fetched by position, and the events of that conversation wait
 * until it has come.
 */
export class Sync {
  readonly #needs: SyncNeeds;
  readonly #turnstile = createTurnstile(CATCH_UPS_AT_ONCE);
  /** By conversation that is being repaired: the events that wait for it. */
  readonly #held = new Map<string, KeptEvent[]>();
  /** What is being fetched may be too old already. */
  readonly #again = new Set<string>();
  /** Of these it is not known how much is unread; of some it is just being asked. */
  readonly #uncounted = new Set<string>();
  readonly #counting = new Set<string>();
  /** Until the lists have been read there is nothing to apply anything to. */
  #early: ServerEvent[] | undefined = [];
  #positions: readonly Position[] | undefined;
  /** Counts the lines: what was begun over one does not go on over the next. */
  #line = 0;
  #reading: Promise<void> | undefined;

  constructor(needs: SyncNeeds) {
    this.#needs = needs;
  }

  hear(type: string, payload: object): void {
    if (type === 'ready') this.#arrive((payload as Ready).positions ?? []);
    else if (KINDS.has(type)) this.#take({ type, ...payload } as ServerEvent);
  }

  /** What waits belongs to the line that broke, and is fetched over the next one. */
  drop(): void {
    this.#line += 1;
    this.#positions = undefined;
    this.#held.clear();
    this.#again.clear();
    this.#counting.clear();
    if (this.#early) this.#early = [];
    this.#needs.friends.forgetPresence();
  }

  /** Reads the lists; again with every line until it succeeds once. */
  read(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** One conversation as it is now; undefined, and gone from the snapshot, if one is not in it. */
  async readConversation(conversationId: string): Promise<Conversation | undefined> {
    const { api, store } = this.#needs;
    try {
      const conversation = await api.get<Conversation>(`/conversations/${conversationId}`);
      store.update((snapshot) => putConversation(snapshot, conversation));
      return conversation;
    } catch (error) {
      const failure = asFailure(error);
      if (!failure.isFinal) throw failure;
      store.update((snapshot) => withoutConversation(snapshot, conversationId));
      return undefined;
    }
  }

  async #read(): Promise<void> {
    const { api, store, friends } = this.#needs;
    const [conversations] = await Promise.all([readConversations(api), friends.read()]);
    if (this.#early?.length === MAX_HELD_EVENTS) {
      this.#early = [];
      throw new ChatFailure({ code: 'busy', message: 'too much happened meanwhile' });
    }
    store.update((snapshot) => ({ ...conversations.reduce(putConversation, snapshot), loaded: true }));
    const early = this.#early ?? [];
    this.#early = undefined;
    // Held first: they are no position before what lies between has come.
    if (this.#positions) this.#settle(this.#positions);
    for (const event of early) this.#take(event);
  }

  #arrive(positions: readonly Position[]): void {
    this.#positions = positions;
    this.#needs.onArrived();
    if (this.#early) void this.#persist(this.#line, () => this.read());
    else {
      void this.#persist(this.#line, () => this.#needs.friends.read());
      this.#settle(positions);
    }
  }

  #take(event: ServerEvent): void {
    if (this.#early) {
      if (this.#early.length < MAX_HELD_EVENTS) this.#early.push(event);
    } else if ('rev' in event) this.#takeKept(event);
    else if (event.type !== 'typing') this.#needs.friends.hear(event);
  }

  #takeKept(event: KeptEvent): void {
    const { conversationId } = event;
    const held = this.#held.get(conversationId);
    // A message that was waiting comes ahead of the position, which tells by itself whether something is missing.
    if (event.type === 'message' && event.rev === 0) return;
    if (held === undefined) {
      if (event.type === 'reset') void this.#repair(conversationId);
      else this.#apply(event);
    } else if (event.type === 'reset' || held.length >= MAX_HELD_EVENTS) this.#again.add(conversationId);
    else held.push(event);
  }

  #apply(event: KeptEvent): void {
    const { store, threads, onApplied } = this.#needs;
    const { snapshot, question } = apply(store.snapshot, event);
    store.update(() => snapshot);
    threads.hear(event);
    onApplied(event);
    if (question?.about !== 'conversation') return;
    if (snapshot.conversations.has(event.conversationId)) void this.#count(event.conversationId);
    else void this.#repair(event.conversationId);
  }

  #settle(positions: readonly Position[]): void {
    const { conversations } = this.#needs.store.snapshot;
    const line = this.#line;
    const here = new Set(positions.map(({ conversationId }) => conversationId));
    const absent =
      positions.length < MAX_POSITIONS ? [...conversations.keys()].filter((id) => !here.has(id)) : [];
    const behind = positions
      .filter(({ conversationId, rev }) => this.#positionOf(conversationId) < rev)
      .map(({ conversationId }) => conversationId);
    const repairs =
      behind.length > MAX_CAUGHT_UP_SINGLY
        ? [this.#repairMany(behind)]
        : behind.map((id) => this.#repair(id));
    const checks = absent.map((id) => this.readConversation(id).catch(() => undefined));
    const counts = [...this.#uncounted].map((id) => this.#count(id));
    void Promise.all([...repairs, ...checks, ...counts]).then(() => {
      if (line === this.#line) this.#needs.onSettled();
    });
  }

  /** Where the events have to go on: also the thread's, which may have been read before its conversation's line. */
  #positionOf(conversationId: string): number {
    const { conversations, threads } = this.#needs.store.snapshot;
    const rev = conversations.get(conversationId)?.rev ?? -1;
    return Math.min(rev, threads.get(conversationId)?.rev ?? rev);
  }

  /** The list says of two hundred what `changes` would say of each. */
  async #repairMany(conversationIds: readonly string[]): Promise<void> {
    const line = this.#line;
    for (const id of conversationIds) this.#held.set(id, []);
    const { api, store } = this.#needs;
    const read = await this.#persist(line, () => readConversations(api));
    if (line !== this.#line) return;
    store.update((snapshot) => read?.reduce(putConversation, snapshot) ?? snapshot);
    const inList = new Set(read?.map(({ id }) => id));
    const rest: Promise<void>[] = [];
    for (const id of conversationIds) {
      const isWhole = inList.has(id) && !store.snapshot.threads.has(id) && !this.#again.has(id);
      if (isWhole) this.#release(id);
      else {
        const held = this.#held.get(id);
        this.#held.delete(id);
        rest.push(this.#repair(id, held));
      }
    }
    await Promise.all(rest);
  }

  async #repair(conversationId: string, held: KeptEvent[] = []): Promise<void> {
    if (this.#held.has(conversationId)) return;
    this.#held.set(conversationId, held);
    const line = this.#line;
    do {
      this.#again.delete(conversationId);
      await this.#persist(line, () => this.#turnstile(() => this.#bringUpToDate(conversationId, line)));
      if (line !== this.#line) return;
    } while (this.#again.has(conversationId));
    this.#release(conversationId);
  }

  #release(conversationId: string): void {
    const held = this.#held.get(conversationId) ?? [];
    this.#held.delete(conversationId);
    for (const event of held) this.#takeKept(event);
  }

  async #bringUpToDate(conversationId: string, line: number): Promise<void> {
    if (line !== this.#line) return;
    const { line: wire, store, threads } = this.#needs;
    const since = this.#positionOf(conversationId);
    if (since < 0) {
      await this.readConversation(conversationId);
      return;
    }
    const changes = await wire.request<Changes>('changes', { conversationId, since }).catch(async (error) => {
      // Perhaps one is no longer in it.
      if (asFailure(error).isFinal) await this.readConversation(conversationId);
      throw error;
    });
    if (line !== this.#line || this.#again.has(conversationId)) return;
    if (!changes.reset) for (const event of eventsOf(conversationId, since, changes)) this.#apply(event);
    else if (await this.readConversation(conversationId)) {
      if (store.snapshot.threads.has(conversationId)) await threads.readAnew(conversationId, changes.rev);
    }
  }

  /** How much is unread, where it cannot be told from the events. */
  async #count(conversationId: string): Promise<void> {
    this.#uncounted.add(conversationId);
    if (this.#counting.has(conversationId)) return;
    this.#counting.add(conversationId);
    const line = this.#line;
    await this.#persist(line, async () => {
      const read = await this.readConversation(conversationId);
      const known = this.#needs.store.snapshot.conversations.get(conversationId);
      // Older than an event that came meanwhile: it was not taken.
      if (read && known && known.rev > read.rev)
        throw new ChatFailure({ code: 'busy', message: 'read too early' });
      this.#uncounted.delete(conversationId);
    });
    if (line === this.#line) this.#counting.delete(conversationId);
  }

  /** Until there is an answer, or the line breaks, or the server says that it will not be. */
  async #persist<Answer>(line: number, ask: () => Promise<Answer>): Promise<Answer | undefined> {
    while (line === this.#line) {
      try {
        return await ask();
      } catch (error) {
        const failure = asFailure(error);
        if (failure.isFinal || failure.code === 'unauthenticated') return undefined;
        await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS));
      }
    }
    return undefined;
  }
}

const KINDS: ReadonlySet<string> = new Set([
  'message',
  'changed',
  'mark',
  'member',
  'conversation',
  'reset',
  'presence',
  'user',
  'friendship',
]);

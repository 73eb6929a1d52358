import { applyToThread, joinPage } from './apply-to-thread.ts';
import { HISTORY_PAGE, MAX_THREADS } from './limits.ts';
import { readMembers } from './lists.ts';
import { type WritableStore, withEntry } from './store.ts';
import type { Api, Snapshot, Thread } from './types.ts';
import type { History, KeptEvent } from './wire.ts';

export interface ThreadsNeeds {
  readonly api: Api;
  readonly store: WritableStore<Snapshot>;
}

/**
 * The conversations that are in memory, and more of their history when it is asked for. An answer may be older than an
 * event that came while it was on its way: so what is heard meanwhile is applied once more, to the answer.
 */
export class Threads {
  readonly #api: Api;
  readonly #store: WritableStore<Snapshot>;
  readonly #hearing = new Map<string, Set<KeptEvent[]>>();
  /** One question at a time of each kind: a page that scrolls asks very often. */
  readonly #asked = new Map<string, Promise<void>>();

  constructor({ api, store }: ThreadsNeeds) {
    this.#api = api;
    this.#store = store;
  }

  hear(event: KeptEvent): void {
    for (const heard of this.#hearing.get(event.conversationId) ?? []) heard.push(event);
  }

  /** Takes a conversation into memory, if it is not there; the one that was opened longest ago goes. */
  load(conversationId: string): Promise<void> {
    this.#store.update((snapshot) => begin(snapshot, conversationId));
    if (this.#store.snapshot.threads.get(conversationId)?.loaded) return Promise.resolve();
    return this.#once(`load ${conversationId}`, () => this.readAnew(conversationId));
  }

  /** What is there may have a gap: the newest page and the members take its place. */
  async readAnew(conversationId: string, rev = 0): Promise<void> {
    await this.#whileHearing(conversationId, async () => {
      const [history, members] = await Promise.all([
        this.#history(conversationId, ''),
        readMembers(this.#api, conversationId),
      ]);
      return (thread) => ({
        ...thread,
        messages: history.items,
        members,
        rev: Math.max(thread.rev, rev),
        loaded: true,
      });
    });
  }

  loadOlder(conversationId: string): Promise<void> {
    const first = this.#thread(conversationId)?.messages[0];
    if (!first || first.seq === 1) return Promise.resolve();
    return this.#once(`older ${conversationId}`, () =>
      this.#join(conversationId, `before=${first.seq}&`, 'older'),
    );
  }

  loadNewer(conversationId: string): Promise<void> {
    const last = this.#thread(conversationId)?.messages.at(-1);
    const lastSeq = this.#store.snapshot.conversations.get(conversationId)?.lastSeq ?? 0;
    if (!last || last.seq >= lastSeq) return Promise.resolve();
    return this.#once(`newer ${conversationId}`, () =>
      this.#join(conversationId, `after=${last.seq}&`, 'newer'),
    );
  }

  loadNewest(conversationId: string): Promise<void> {
    return this.#once(`newest ${conversationId}`, () =>
      this.#whileHearing(conversationId, async () => {
        const { items } = await this.#history(conversationId, '');
        return (thread) => ({ ...thread, messages: items });
      }),
    );
  }

  #thread(conversationId: string): Thread | undefined {
    return this.#store.snapshot.threads.get(conversationId);
  }

  #join(conversationId: string, query: string, end: 'older' | 'newer'): Promise<void> {
    return this.#whileHearing(conversationId, async () => {
      const { items } = await this.#history(conversationId, query);
      return (thread) => ({ ...thread, messages: joinPage(thread.messages, items, end) });
    });
  }

  #history(conversationId: string, query: string): Promise<History> {
    return this.#api.get(`/conversations/${conversationId}/messages?${query}limit=${HISTORY_PAGE}`);
  }

  async #whileHearing(conversationId: string, ask: () => Promise<(thread: Thread) => Thread>): Promise<void> {
    const heard: KeptEvent[] = [];
    const all = this.#hearing.get(conversationId) ?? new Set();
    this.#hearing.set(conversationId, all.add(heard));
    try {
      const put = await ask();
      this.#store.update((snapshot) => {
        const thread = snapshot.threads.get(conversationId);
        if (!thread) return snapshot;
        const now = heard.reduce(applyToThread, put(thread));
        return { ...snapshot, threads: withEntry(snapshot.threads, conversationId, now) };
      });
    } finally {
      all.delete(heard);
      if (all.size === 0) this.#hearing.delete(conversationId);
    }
  }

  #once(what: string, ask: () => Promise<void>): Promise<void> {
    const running = this.#asked.get(what);
    if (running) return running;
    const asked = ask().finally(() => this.#asked.delete(what));
    this.#asked.set(what, asked);
    return asked;
  }
}

/** There before it is read: whatever happens from now on is applied to it, and caught up with after a pause. */
function begin(snapshot: Snapshot, conversationId: string): Snapshot {
  const conversation = snapshot.conversations.get(conversationId);
  if (!conversation) return snapshot;
  const known = snapshot.threads.get(conversationId);
  const begun = { conversationId, messages: [], members: new Map(), rev: conversation.rev, loaded: false };
  // Back to the end of the row of those that will go.
  const others = [...snapshot.threads].filter(([id]) => id !== conversationId);
  return {
    ...snapshot,
    threads: new Map([...others.slice(1 - MAX_THREADS), [conversationId, known ?? begun]]),
  };
}

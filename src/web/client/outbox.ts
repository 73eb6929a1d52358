import type { Drawer, KeptMessage } from './drawer.ts';
import { asFailure, ChatFailure } from './failure.ts';
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, MAX_PENDING } from './limits.ts';
import type { Line } from './line.ts';
import { pendingOf, withPending, withProgress } from './pending.ts';
import { randomId } from './random-id.ts';
import type { WritableStore } from './store.ts';
import type { Tab } from './tab.ts';
import type { Api, Draft, Pending, Snapshot } from './types.ts';
import type { Attachment, Message, Sent } from './wire.ts';

export interface OutboxNeeds {
  readonly api: Api;
  readonly store: WritableStore<Snapshot>;
  readonly line: Pick<Line, 'request' | 'isUp'>;
  readonly drawer: Drawer;
  readonly tab: Tab;
  readonly userId: string;
}

interface Queue {
  running: boolean;
  attempts: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Messages on their way. Each has one `clientId` and is sent with it until the server has said yes or no: what has no
 * answer may have been stored, and the server knows it again. One at a time in each conversation, so that they arrive
 * in the order in which they were written. Each tab sends its own, and those of tabs that are gone.
 */
export class Outbox {
  readonly #needs: OutboxNeeds;
  readonly #kept = new Map<string, KeptMessage>();
  readonly #queues = new Map<string, Queue>();
  readonly #uploads = new Map<string, AbortController>();
  #lastOrder = 0;
  #closed = false;

  constructor(needs: OutboxNeeds) {
    this.#needs = needs;
  }

  /** Takes up what a page left behind: the one before a reload, or one that was closed. */
  async adopt(): Promise<void> {
    const { drawer, tab, userId } = this.#needs;
    // What cannot be read now is looked for again when the page is.
    for (const message of await drawer.all(userId).catch(() => [])) {
      if (this.#closed || this.#kept.has(message.clientId) || (await tab.isOpen(message.tab))) continue;
      const own = { ...message, tab: tab.id };
      await drawer.put(own).catch(() => {});
      this.#keep(own);
      this.#run(own.conversationId);
    }
  }

  async add(conversationId: string, { text, replyTo, files = [] }: Draft): Promise<string> {
    const { drawer, tab, userId } = this.#needs;
    if (this.#kept.size >= MAX_PENDING)
      throw new ChatFailure({ code: 'busy', message: 'too many wait to be sent' });
    // By the clock, so that it grows over reloads too; two in one millisecond keep their order.
    this.#lastOrder = Math.max(this.#lastOrder + 1, Date.now());
    const message: KeptMessage = {
      clientId: randomId(),
      userId,
      conversationId,
      text,
      replyTo: replyTo ?? null,
      files: files.map((blob) => ({ name: blob.name, type: blob.type, size: blob.size, blob, id: null })),
      createdAt: new Date().toISOString(),
      order: this.#lastOrder,
      tab: tab.id,
      refused: null,
    };
    this.#keep(message);
    // Full, or forbidden: it is still sent, it only would not outlive the page.
    await drawer.put(message).catch(() => {});
    this.#run(conversationId);
    return message.clientId;
  }

  /** The line is there, or there again. */
  resume(): void {
    for (const [conversationId, queue] of this.#queues) {
      queue.attempts = 0;
      this.#run(conversationId);
    }
  }

  retry(clientId: string): void {
    const message = this.#kept.get(clientId);
    if (!message?.refused) return;
    this.#keep({ ...message, refused: null });
    this.#run(message.conversationId);
  }

  async discard(clientId: string): Promise<void> {
    this.#uploads.get(clientId)?.abort();
    await this.#drop(clientId);
  }

  /** It is in the conversation: whether its answer came or was lost does not matter any more. */
  confirm({ clientId, senderId }: Message): void {
    if (clientId !== null && senderId === this.#needs.userId) void this.#drop(clientId);
  }

  /** What was answered, and whose event came before the answer, or with what was missed. */
  tidy(): void {
    const { outbox, conversations } = this.#needs.store.snapshot;
    for (const [conversationId, all] of outbox) {
      const lastSeq = conversations.get(conversationId)?.lastSeq ?? 0;
      for (const { clientId, seq } of all) if (seq !== null && seq <= lastSeq) void this.#drop(clientId);
    }
  }

  async close({ forget }: { readonly forget: boolean }): Promise<void> {
    this.#closed = true;
    for (const { timer } of this.#queues.values()) clearTimeout(timer);
    for (const upload of this.#uploads.values()) upload.abort();
    const { drawer, userId } = this.#needs;
    if (forget) for (const { clientId } of await drawer.all(userId)) await drawer.delete(clientId);
  }

  #run(conversationId: string): void {
    const queue = this.#queues.get(conversationId) ?? { running: false, attempts: 0, timer: undefined };
    this.#queues.set(conversationId, queue);
    if (queue.running || this.#closed || !this.#needs.line.isUp) return;
    clearTimeout(queue.timer);
    queue.running = true;
    void this.#empty(conversationId, queue).finally(() => {
      queue.running = false;
    });
  }

  async #empty(conversationId: string, queue: Queue): Promise<void> {
    for (;;) {
      const next = this.#next(conversationId);
      if (!next || this.#closed) return;
      try {
        await this.#send(next);
        queue.attempts = 0;
      } catch (error) {
        const failure = asFailure(error);
        if (failure.isFinal) await this.#refuse(next.clientId, failure);
        else {
          this.#change(next.clientId, (pending) => ({ ...pending, state: 'waiting' }));
          this.#runLater(conversationId, queue, failure);
          return;
        }
      }
    }
  }

  #next(conversationId: string): KeptMessage | undefined {
    const waiting = this.#needs.store.snapshot.outbox
      .get(conversationId)
      ?.find(({ state }) => state === 'waiting');
    return waiting && this.#kept.get(waiting.clientId);
  }

  #runLater(conversationId: string, queue: Queue, { retryAfter = 0 }: ChatFailure): void {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** queue.attempts);
    queue.attempts += 1;
    queue.timer = setTimeout(() => this.#run(conversationId), retryAfter * 1_000 + Math.random() * longest);
  }

  async #send(message: KeptMessage): Promise<void> {
    const { clientId, conversationId, text, replyTo } = message;
    this.#change(clientId, (pending) => ({ ...pending, state: 'sending' }));
    const attachments = await this.#upload(message);
    // Given up while its files were on their way.
    if (!this.#kept.has(clientId)) return;
    const payload = { conversationId, clientId, text, replyTo, attachments };
    const { seq } = await this.#needs.line.request<Sent>('send', payload);
    await this.#needs.drawer.delete(clientId).catch(() => {});
    this.#change(clientId, (pending) => ({ ...pending, state: 'sent', seq }));
    this.tidy();
  }

  async #upload({ clientId, files }: KeptMessage): Promise<string[]> {
    const ids: string[] = [];
    for (const [index, { id, blob }] of files.entries()) {
      ids.push(id ?? (await this.#uploadOne(clientId, index, blob)));
    }
    return ids;
  }

  async #uploadOne(clientId: string, index: number, blob: Blob): Promise<string> {
    const upload = new AbortController();
    this.#uploads.set(clientId, upload);
    const onProgress = (progress: number): void =>
      this.#change(clientId, (pending) => withProgress(pending, index, progress));
    try {
      const { id } = await this.#needs.api.upload<Attachment>('POST', '/media', blob, {
        onProgress,
        signal: upload.signal,
      });
      const message = this.#kept.get(clientId);
      if (message) {
        const files = message.files.map((file, at) => (at === index ? { ...file, id } : file));
        this.#kept.set(clientId, { ...message, files });
        await this.#needs.drawer.put({ ...message, files }).catch(() => {});
      }
      onProgress(1);
      return id;
    } finally {
      this.#uploads.delete(clientId);
    }
  }

  async #refuse(clientId: string, { code, message }: ChatFailure): Promise<void> {
    const kept = this.#kept.get(clientId);
    if (!kept) return;
    const refused = { ...kept, refused: { code, message } };
    this.#keep(refused);
    await this.#needs.drawer.put(refused).catch(() => {});
  }

  #keep(message: KeptMessage): void {
    this.#kept.set(message.clientId, message);
    this.#put(message.conversationId, message.clientId, () => pendingOf(message));
  }

  #change(clientId: string, change: (before: Pending) => Pending): void {
    const message = this.#kept.get(clientId);
    if (message) this.#put(message.conversationId, clientId, (before) => before && change(before));
  }

  async #drop(clientId: string): Promise<void> {
    const message = this.#kept.get(clientId);
    if (!message) return;
    this.#kept.delete(clientId);
    this.#put(message.conversationId, clientId, () => undefined);
    await this.#needs.drawer.delete(clientId).catch(() => {});
  }

  #put(
    conversationId: string,
    clientId: string,
    change: (before: Pending | undefined) => Pending | undefined,
  ): void {
    this.#needs.store.update((snapshot) => withPending(snapshot, conversationId, clientId, change));
  }
}

import { ChatError } from './errors.ts';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatcherOptions<Item, Result> {
  readonly maxBatch: number;
  readonly maxQueued: number;
  /** Commits all items or none; answers in the items' order. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Whether this failure is one item's fault, so that the others deserve another try without it. */
  readonly isPoison: (error: unknown) => boolean;
  /** What an item's owner is told when it failed. */
  readonly refusal: (error: unknown) => Error;
}

/**
 * Commits what arrives while a commit is under way as one batch. There is no timer: when idle an item goes at
 * once, under load the batches grow by themselves.
 */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  #queue: Waiting<Item, Result>[] = [];
  #flushing: Promise<void> | undefined;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  add(item: Item): Promise<Result> {
    if (this.#queue.length >= this.#options.maxQueued) {
      return Promise.reject(
        new ChatError('busy', 'the server has more to write than it can; try again soon'),
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Settles when everything that was added so far has been committed or refused. */
  async drain(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
  }

  async #flush(): Promise<void> {
    // Lets everything that this turn of the event loop brings join the first batch.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, this.#options.maxBatch);
      this.#queue = this.#queue.slice(this.#options.maxBatch);
      await this.#commit(batch);
    }
    this.#flushing = undefined;
  }

  /** Halves a batch that was refused for one item's sake until that item stands alone. */
  async #commit(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#options.commit(batch.map((waiting) => waiting.item));
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index]!);
    } catch (error) {
      if (batch.length > 1 && this.#options.isPoison(error)) {
        const middle = batch.length >> 1;
        await this.#commit(batch.slice(0, middle));
        await this.#commit(batch.slice(middle));
        return;
      }
      const refusal = this.#options.refusal(error);
      for (const waiting of batch) waiting.reject(refusal);
    }
  }
}

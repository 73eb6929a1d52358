import type { BusPayload, Subscription } from './bus.ts';

export type Listener = (payload: BusPayload) => void;

interface Delivery {
  readonly topic: string;
  readonly payload: BusPayload;
  /** Who listened when it was published: who subscribes later hears the next one. */
  readonly invited: readonly Listener[];
  /** Who listens now: who has left meanwhile does not even hear this one. */
  readonly present: ReadonlySet<Listener>;
}

/** The listeners of this node. Hands a payload over at once, the same object to everybody. */
export class LocalListeners {
  readonly #byTopic = new Map<string, Set<Listener>>();
  readonly #onError: (error: unknown, topic: string) => void;
  readonly #waiting: Delivery[] = [];
  #delivering = false;

  constructor(onError: (error: unknown, topic: string) => void) {
    this.#onError = onError;
  }

  deliver(topic: string, payload: BusPayload): void {
    const present = this.#byTopic.get(topic);
    if (present === undefined) return;
    this.#waiting.push({ topic, payload, present, invited: [...present] });
    // A listener that publishes waits until the others heard what it answers: they hear both in order.
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (const delivery of this.#waiting) this.#handOver(delivery);
    } finally {
      this.#waiting.length = 0;
      this.#delivering = false;
    }
  }

  add(topic: string, listener: Listener): Subscription {
    // A function of its own for each subscription: the same listener may subscribe twice.
    const own: Listener = (payload) => listener(payload);
    const listeners = this.#byTopic.get(topic) ?? new Set();
    this.#byTopic.set(topic, listeners.add(own));
    return {
      close: () => {
        listeners.delete(own);
        if (listeners.size === 0 && this.#byTopic.get(topic) === listeners) this.#byTopic.delete(topic);
      },
    };
  }

  has(topic: string): boolean {
    return this.#byTopic.has(topic);
  }

  topics(): Iterable<string> {
    return this.#byTopic.keys();
  }

  clear(): void {
    for (const listeners of this.#byTopic.values()) listeners.clear();
    this.#byTopic.clear();
  }

  #handOver({ topic, payload, invited, present }: Delivery): void {
    for (const listener of invited) {
      try {
        if (present.has(listener)) listener(payload);
      } catch (error) {
        this.#onError(error, topic);
      }
    }
  }
}

import type { Bus, BusPayload, Subscription } from './bus.ts';

type Listener = (payload: BusPayload) => void;

/** The bus of a single node: hands the payload over at once, the same object to everybody. */
export class InProcessBus implements Bus {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #onListenerError: (error: unknown, topic: string) => void;
  #closed = false;

  constructor(onListenerError: (error: unknown, topic: string) => void) {
    this.#onListenerError = onListenerError;
  }

  publish(topic: string, payload: BusPayload): void {
    const listeners = this.#listeners.get(topic);
    if (listeners === undefined || this.#closed) return;
    // A copy: who subscribes meanwhile hears the next payload, who leaves meanwhile not even this one.
    for (const listener of [...listeners]) {
      try {
        if (listeners.has(listener)) listener(payload);
      } catch (error) {
        this.#onListenerError(error, topic);
      }
    }
  }

  subscribe(topic: string, listener: Listener): Subscription {
    // A function of its own for each subscription: the same listener may subscribe twice.
    const own: Listener = (payload) => listener(payload);
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(own));
    return {
      close: () => {
        listeners.delete(own);
        if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
  }
}

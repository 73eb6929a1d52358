import type { Bus, BusPayload, Subscription } from './bus.ts';
import { type Listener, LocalListeners } from './local-listeners.ts';

/** The bus of a single node: hands the payload over at once, the same object to everybody. */
export class InProcessBus implements Bus {
  readonly #listeners: LocalListeners;
  #closed = false;

  constructor(onListenerError: (error: unknown, topic: string) => void) {
    this.#listeners = new LocalListeners(onListenerError);
  }

  publish(topic: string, payload: BusPayload): void {
    if (!this.#closed) this.#listeners.deliver(topic, payload);
  }

  subscribe(topic: string, listener: Listener): Subscription {
    return this.#listeners.add(topic, listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
  }
}

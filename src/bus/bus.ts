/** What travels: plain data that survives JSON. A receiver never changes it. */
export type BusPayload = object;

export interface Subscription {
  close(): void;
}

/**
 * Carries hints between nodes; never the record.
 *
 * - At most once: a payload reaches each subscription of its topic once or not at all.
 * - In order: one publisher's payloads on one topic arrive in the order in which they were published.
 * - No replay: a subscription hears what is published after `subscribe` returned, on this node at once, on
 *   others as soon as they have heard of it.
 * - `publish` never throws and never waits; what cannot be sent is lost. A listener that throws is reported
 *   and disturbs nobody else.
 * - After `close` nothing is delivered and `publish` does nothing.
 */
export interface Bus {
  publish(topic: string, payload: BusPayload): void;
  subscribe(topic: string, listener: (payload: BusPayload) => void): Subscription;
  close(): Promise<void>;
}

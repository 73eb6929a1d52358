import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { NatsBus, type NatsBusOptions } from '../../src/bus/nats-bus.ts';
import { type Nats, type NatsOptions, startNats } from './nats.ts';

export interface Node {
  readonly bus: NatsBus;
  readonly errors: readonly unknown[];
  readonly states: readonly string[];
}

const opened: { close(): Promise<unknown> }[] = [];

/** Closed after the test, the youngest first. */
export function closeLater(each: { close(): Promise<unknown> }): void {
  opened.push(each);
}

/** One NATS for the file's tests, and the end of everything that a test opened. */
export function sharedNats(): { readonly url: string } {
  let shared: Nats | undefined;
  // The first time it may have to be installed.
  beforeAll(async () => {
    shared = await startNats();
  }, 300_000);
  afterAll(() => shared?.stop());
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  });
  return {
    get url() {
      return shared!.url;
    },
  };
}

/** A NATS for one test. */
export async function nats(options: NatsOptions): Promise<Nats> {
  const server = await startNats(options);
  closeLater({ close: () => server.stop() });
  return server;
}

/** The bus of one node, and what it reports. */
export async function node(url: string, options: Partial<NatsBusOptions> = {}): Promise<Node> {
  const errors: unknown[] = [];
  const states: string[] = [];
  const bus = await NatsBus.connect({
    url,
    onError: (error) => errors.push(error),
    onState: (state) => states.push(state),
    ...options,
  });
  closeLater(bus);
  return { bus, errors, states };
}

export function listen(bus: NatsBus, topic: string): object[] {
  const heard: object[] = [];
  bus.subscribe(topic, (payload) => heard.push(payload));
  return heard;
}

export async function settle(...buses: NatsBus[]): Promise<void> {
  for (const bus of buses) expect(await bus.flush()).toBe(true);
}

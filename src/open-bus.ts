import type { Bus } from './bus/bus.ts';
import { InProcessBus } from './bus/in-process-bus.ts';
import { NatsBus } from './bus/nats-bus.ts';
import { parseNatsUrl } from './bus/nats-servers.ts';
import type { Log } from './chat/log.ts';
import type { Config, NatsConfig } from './config.ts';
import type { BusHealth } from './http/health.ts';
import { natsProblem } from './start-problems.ts';

export interface OpenedBus {
  readonly bus: Bus;
  readonly health: BusHealth;
  /** In words for people; never a password. */
  readonly description: string;
}

/** One node needs nothing but itself; several meet at NATS. */
export async function openBus({ nats }: Config, log: Log): Promise<OpenedBus> {
  const onError = (error: unknown, topic: string): void =>
    log.error({ err: error, topic }, 'a listener of the bus, or NATS itself, complains');
  if (nats === undefined) {
    return {
      bus: new InProcessBus(onError),
      health: { kind: 'in-process', works: () => true, counters: () => undefined },
      description: 'in-process (one node)',
    };
  }
  const bus = await NatsBus.connect({
    url: nats.url,
    prefix: nats.prefix,
    ...(nats.caFile !== undefined && { tls: { caFile: nats.caFile } }),
    onError,
    onState: (state, reason) => {
      if (state === 'connected') log.info({ server: reason }, 'connected to NATS');
      else log.warn({ reason }, 'NATS is away; this node goes on by itself until it is back');
    },
  }).catch((error: Error) => {
    throw natsProblem(error);
  });
  return {
    bus,
    health: { kind: 'nats', works: () => bus.state === 'connected', counters: () => bus.counters },
    description: `NATS at ${describeServers(nats)}`,
  };
}

function describeServers({ url }: NatsConfig): string {
  return parseNatsUrl(url)
    .map(({ host, port }) => `${host}:${port}`)
    .join(', ');
}

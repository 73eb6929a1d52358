import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** No node hears of another, and what NATS comes back with is nothing. */
export const nats: Fault = {
  name: 'nats',
  async run({ cluster, durations }) {
    const { natsMs } = durations;
    await cluster.nats.stop();
    await sleep(natsMs);
    await cluster.nats.restart();
    return { what: `no NATS for ${natsMs / 1000} s` };
  },
};

import { setTimeout as sleep } from 'node:timers/promises';
import { anyNode, type Fault } from './fault.ts';

/** One node alone loses NATS, and keeps its people and the database. */
export const cut: Fault = {
  name: 'cut',
  async run(scene) {
    const node = anyNode(scene);
    const { cutMs } = scene.durations;
    const how = scene.random.pick(['refuse', 'silence'] as const);
    node.nats![how]();
    await sleep(cutMs);
    node.nats!.heal();
    return { what: `${node.name} without NATS (${how}) for ${cutMs / 1000} s` };
  },
};

import { setTimeout as sleep } from 'node:timers/promises';
import { anyNode, type Fault } from './fault.ts';

/** One node alone loses NATS, and keeps its people and the database. What the others say meanwhile it never hears. */
export const cut = lineFault('cut', 'refuse');

/** The same without anybody noticing: what was said meanwhile comes all at once, and late. */
export const silence = lineFault('silence', 'silence');

function lineFault(name: string, how: 'refuse' | 'silence'): Fault {
  return {
    name,
    async run(scene) {
      const node = anyNode(scene);
      const { cutMs } = scene.durations;
      node.nats![how]();
      await sleep(cutMs);
      node.nats!.heal();
      return { what: `${node.name} without NATS (${how}) for ${cutMs / 1000} s` };
    },
  };
}

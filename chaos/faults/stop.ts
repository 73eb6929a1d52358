import { setTimeout as sleep } from 'node:timers/promises';
import { anyNode, type Fault } from './fault.ts';
import { untilReady } from './ready.ts';

/** A node hangs for longer than its lease: the others think it dead, and it does not know that. */
export const stop: Fault = {
  name: 'stop',
  async run(scene) {
    const node = anyNode(scene);
    const { pauseMs } = scene.durations;
    node.pause();
    await sleep(pauseMs);
    node.resume();
    await untilReady(scene.cluster, node.name);
    return { what: `SIGSTOP ${node.name} for ${pauseMs / 1000} s` };
  },
};

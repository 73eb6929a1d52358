import type { Fault } from './fault.ts';
import { untilReady } from './ready.ts';

/** An update of everything: each node says goodbye, goes and comes back, one after the other. */
export const rolling: Fault = {
  name: 'rolling',
  async run({ cluster }) {
    for (const node of cluster.nodes) {
      const code = await node.stop('SIGTERM');
      if (code !== 0) throw new Error(`${node.name} ended with ${code} when asked to stop`);
      await node.start();
      await untilReady(cluster, node.name);
    }
    return { what: `${cluster.nodes.map(({ name }) => name).join(', ')} restart, one by one` };
  },
};

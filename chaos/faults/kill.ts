import { anyNode, type Fault } from './fault.ts';
import { untilReady } from './ready.ts';

/** A node crashes. It stays dead for a while, so that the others must take over its rooms. */
export const kill: Fault = {
  name: 'kill',
  async run(scene) {
    const node = anyNode(scene);
    await node.kill();
    return {
      what: `kill -9 ${node.name}`,
      mend: async () => {
        await node.start();
        await untilReady(scene.cluster, node.name);
      },
    };
  },
};

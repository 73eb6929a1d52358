import type { Cluster } from '../../cluster/cluster.ts';
import type { Node } from '../../cluster/node.ts';
import type { Random } from '../load/random.ts';

/** How long what can last does. */
export interface Durations {
  readonly pauseMs: number;
  readonly natsMs: number;
  readonly cutMs: number;
}

export interface Scene {
  readonly cluster: Cluster;
  readonly random: Random;
  readonly durations: Durations;
}

export interface Struck {
  /** In a few words. */
  readonly what: string;
  /** Brings back what is still missing. It is left away for a while, and people must get along without it. */
  readonly mend?: () => Promise<void>;
}

export interface Fault {
  readonly name: string;
  /** Settles when it is over. */
  run(scene: Scene): Promise<Struck>;
}

export function anyNode({ cluster, random }: Scene): Node {
  return random.pick(cluster.nodes.filter((node) => node.running));
}

import type { Cluster } from '../../cluster/cluster.ts';
import { until } from '../until.ts';

const READY_MS = 30_000;

/** Until the balancer sends people there (again). */
export async function untilReady({ balancer }: Pick<Cluster, 'balancer'>, name: string): Promise<void> {
  const isReady = await until(() => balancer.healthOf(name) === 'ready', READY_MS);
  if (!isReady) throw new Error(`${name} was not ready after ${READY_MS} ms`);
}

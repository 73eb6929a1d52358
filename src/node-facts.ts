import { matchMaker } from '@colyseus/core';
import type { NodeFacts } from './chat/presence-store.ts';
import { sampleEventLoopLag } from './http/metrics.ts';

/** What this node says about itself to admins; `address` is known once it listens. */
export function readNodeFacts(address: () => string | undefined): () => NodeFacts {
  const startedAt = new Date().toISOString();
  const lag = sampleEventLoopLag();
  return () => {
    const { ccu, roomCount } = matchMaker.stats.local;
    return {
      address: address() ?? null,
      startedAt,
      connections: ccu,
      rooms: roomCount,
      lagMs: Math.round(lag() * 1_000),
    };
  };
}

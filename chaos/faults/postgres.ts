import type { Fault } from './fault.ts';

/** An orderly restart, which ends all connections. */
export const postgres: Fault = {
  name: 'postgres',
  async run({ cluster }) {
    await cluster.postgres.restart('fast');
    return { what: 'PostgreSQL restarts' };
  },
};

/** It crashes and recovers; the unlogged tables (leases, who is here, the room directory) are empty after that. */
export const crash: Fault = {
  name: 'crash',
  async run({ cluster }) {
    await cluster.postgres.restart('immediate');
    return { what: 'PostgreSQL crashes' };
  },
};

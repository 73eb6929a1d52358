import pg from 'pg';
import type { Bus } from '../../src/bus/bus.ts';
import { ColyseusLease } from '../../src/bus/colyseus/lease.ts';
import type { ColyseusDatabase } from '../../src/bus/colyseus/tables.ts';
import { ColyseusDriver } from '../../src/bus/colyseus-driver.ts';
import { ColyseusPresence } from '../../src/bus/colyseus-presence.ts';
import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import { createTestDatabase } from '../support/test-database.ts';

/** One node's way to PostgreSQL, which can be cut, also so that only the answers are lost. */
export class Wire implements ColyseusDatabase {
  state: 'up' | 'down' | 'answers are lost' = 'up';
  readonly #pool: pg.Pool;
  #onQuery: () => void = () => {};
  #held: Promise<void> | undefined;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async query<Row>(sql: string, params: unknown[]): Promise<Row[]> {
    if (this.state === 'down') throw new Error('the wire is cut');
    const answer = this.#pool.query(sql, params);
    this.#onQuery();
    const held = this.#held;
    this.#held = undefined;
    const { rows } = await answer;
    await held;
    if (this.state === 'answers are lost') throw new Error('the answer is lost');
    return rows as Row[];
  }

  /** The next statement is committed, its answer comes when the returned function is called. */
  holdNextAnswer(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  /** Settles while the next statement is under way. */
  nextQuery(): Promise<void> {
    return new Promise((resolve) => {
      this.#onQuery = resolve;
    });
  }
}

export interface ColyseusNode {
  readonly wire: Wire;
  readonly lease: ColyseusLease;
  readonly driver: ColyseusDriver;
  readonly presence: ColyseusPresence;
}

export interface ColyseusNodes {
  readonly nodes: readonly [ColyseusNode, ColyseusNode];
  sql(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Two nodes that share an empty PostgreSQL and a bus. */
export async function startNodes(leaseMs?: number, bus: Bus = quietBus()): Promise<ColyseusNodes> {
  const pool = new pg.Pool({ connectionString: await createTestDatabase(), max: 10 });
  const start = (): ColyseusNode => {
    const wire = new Wire(pool);
    const lease = new ColyseusLease({ database: wire, leaseMs });
    return {
      wire,
      lease,
      driver: new ColyseusDriver(lease),
      presence: new ColyseusPresence(lease, bus),
    };
  };
  const nodes = [start(), start()] as const;
  await Promise.all(nodes.map((node) => node.driver.boot()));
  return {
    nodes,
    async sql(text) {
      await pool.query(text);
    },
    async close() {
      for (const { wire, driver, presence } of nodes) {
        wire.state = 'up';
        await driver.shutdown();
        await presence.shutdown();
      }
      await pool.end();
    },
  };
}

export function quietBus(): InProcessBus {
  return new InProcessBus(() => {});
}

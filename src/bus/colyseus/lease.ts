import { randomUUID } from 'node:crypto';
import { type ColyseusDatabase, CREATE_TABLES, FIND_STRANGER, RENEW_NODE, SWEEP } from './tables.ts';

export interface ColyseusLeaseOptions {
  readonly database: ColyseusDatabase;
  /** How long after its last heartbeat a node still counts. It renews three times as often. */
  readonly leaseMs?: number;
  /** Failed heartbeats. They go on: the next one repairs what was missed. */
  readonly onError?: (error: unknown) => void;
}

/** Where the other processes reach one. */
export interface ColyseusProcess {
  readonly processId: string;
  /** `host:port` */
  readonly address: string;
  /** What it is, as one word, and the other families that it gets on with. */
  readonly family: string;
  readonly relatives?: readonly string[];
}

export const DEFAULT_LEASE_MS = 10_000;

/**
 * What makes the rows of this process count: a lease in PostgreSQL that lasts as long as the process renews it.
 * The driver and the presence of a process share one; it begins with the first query and ends when all of its
 * holders have let go.
 */
export class ColyseusLease {
  /** One for each process; made up, since Colyseus chooses its process id only after the driver exists. */
  readonly nodeId: string = randomUUID();
  readonly leaseMs: number;
  readonly #database: ColyseusDatabase;
  readonly #onError: (error: unknown) => void;
  readonly #afterRenewal: (() => Promise<void>)[] = [];
  /** What nobody may be waiting for, and the end has to. */
  readonly #running = new Set<Promise<unknown>>();
  #holders = 0;
  #begun: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beat: Promise<void> = Promise.resolve();
  #process: ColyseusProcess | undefined;
  #ended = false;

  constructor({ database, leaseMs = DEFAULT_LEASE_MS, onError = () => {} }: ColyseusLeaseOptions) {
    this.#database = database;
    this.leaseMs = leaseMs;
    this.#onError = onError;
  }

  /** Returns the function that lets go; the last one to do so ends the lease. */
  hold(): () => Promise<void> {
    this.#holders += 1;
    let held = true;
    return async () => {
      if (!held) return;
      held = false;
      this.#holders -= 1;
      if (this.#holders === 0) await this.#end();
    };
  }

  /** The tables exist and the lease runs. What failed is tried again with the next call. */
  begin(): Promise<void> {
    this.#begun ??= this.#begin().catch((error) => {
      this.#begun = undefined;
      throw error;
    });
    return this.#begun;
  }

  /**
   * From now on the others find this process. False, and nobody finds it, if one that lives is of a family that it
   * does not get on with, or the other way round: they would not understand each other.
   */
  async announce(process: ColyseusProcess): Promise<boolean> {
    const { family, relatives = [] } = process;
    if (await this.run(FIND_STRANGER, [family, [family, ...relatives]], (rows) => rows.length > 0))
      return false;
    this.#process = process;
    await this.#renewLease();
    return true;
  }

  /** Nobody finds this process any more, which comes before its end. */
  async withdraw(): Promise<void> {
    this.#process = undefined;
    await this.begin();
    await this.#renewLease();
  }

  /** The address of a process whose lease is valid and who is not about to go. */
  find(processId: string): Promise<string | undefined> {
    const sql = 'select address from colyseus_node where process_id = $1 and lease_until > now()';
    return this.run<{ address: string | null }, string | undefined>(
      sql,
      [processId],
      ([row]) => row?.address ?? undefined,
    );
  }

  afterRenewal(work: () => Promise<void>): void {
    this.#afterRenewal.push(work);
  }

  /**
   * Runs a statement and picks the answer out of its rows. Colyseus does not wait for all that it asks for
   * (`driver.remove`, `presence.hset`, …): a failure there must not become an unhandled rejection, which would
   * end the process. Who does wait gets the error; an outage is also reported by the heartbeat.
   */
  run<Row, Answer>(sql: string, params: unknown[], pick: (rows: Row[]) => Answer): Promise<Answer> {
    const answer = this.begin()
      .then(() => this.#database.query<Row>(sql, params))
      .then(pick);
    const over: Promise<unknown> = answer
      .catch(() => {})
      .then(() => {
        this.#running.delete(over);
      });
    this.#running.add(over);
    return unattended(answer);
  }

  /** The other processes whose lease is valid. */
  otherNodes(): Promise<string[]> {
    const sql = 'select id from colyseus_node where lease_until > now() and id <> $1';
    return this.run<{ id: string }, string[]>(sql, [this.nodeId], (rows) => rows.map((row) => row.id));
  }

  async #begin(): Promise<void> {
    await this.#database.query(CREATE_TABLES, []);
    if (this.#ended) return;
    await this.#renewLease();
    await this.#database.query(SWEEP, []);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#ended) return;
    this.#timer = setTimeout(() => {
      this.#beat = this.#renew()
        .catch(this.#onError)
        .then(() => this.#schedule());
    }, this.leaseMs / 3);
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    await this.#renewLease();
    for (const work of this.#afterRenewal) await work();
    await this.#database.query(SWEEP, []);
  }

  async #renewLease(): Promise<void> {
    const { processId = null, address = null, family, relatives = [] } = this.#process ?? {};
    const families = family === undefined ? null : [family, ...relatives].join(' ');
    await this.#database.query(RENEW_NODE, [this.nodeId, this.leaseMs, processId, address, families]);
  }

  async #end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    if (this.#begun === undefined) return;
    await this.#begun.catch(() => {});
    clearTimeout(this.#timer);
    await this.#beat;
    // Each may lead to another one: a room that is disposed of is taken out of the directory.
    while (this.#running.size > 0) await Promise.all(this.#running);
    await this.#database.query('delete from colyseus_node where id = $1', [this.nodeId]);
  }
}

/** The same promise, whose rejection somebody may leave unhandled. */
export function unattended<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

import { type Database, query } from '../entities/database.ts';
import { Batcher } from './batcher.ts';
import { ChatError } from './errors.ts';
import { MAX_BATCH, MAX_QUEUED, PRESENCE_CHANGES_KEPT_MS } from './limits.ts';
import { notingChange } from './presence-change.ts';

interface PresenceRow {
  readonly userId: string;
  /** Asked when the statement is made, not when it was queued: only the latest state is worth writing. */
  readonly isHere: () => boolean;
}

/** What a node says about itself when it renews its lease, for admins. */
export interface NodeFacts {
  /** `host:port` at which the other nodes reach it. */
  readonly address: string | null;
  readonly startedAt: string | null;
  /** Clients in its rooms. */
  readonly connections: number;
  readonly rooms: number;
  /** How late its timers were at the worst since it said this last. */
  readonly lagMs: number;
}

export interface PresenceStoreOptions {
  readonly database: Database;
  readonly nodeId: string;
  readonly leaseMs: number;
  readonly facts?: (() => NodeFacts) | undefined;
}

/** Whoever deleted their account leaves nothing behind, nor when they were last here. */
const notingSeen = (people: string, until: string): string => `
  update "user" u set last_seen_at = greatest(u.last_seen_at, ${until}) from (
    select id from "user" where id in (select user_id from ${people}) and deleted_at is null
    order by id for no key update
  ) locked join ${people} p on p.user_id = locked.id where u.id = locked.id`;

/**
 * Leases and who is where, in PostgreSQL. Thousands may come at once, so they are written in batches. A node counts
 * until another one clears it away, not just until its lease ends: after an outage of the database all have ended.
 */
export class PresenceStore {
  readonly #database: Database;
  readonly #nodeId: string;
  readonly #leaseMs: number;
  readonly #facts: (() => NodeFacts) | undefined;
  readonly #batcher: Batcher<PresenceRow, boolean>;

  constructor({ database, nodeId, leaseMs, facts }: PresenceStoreOptions) {
    this.#database = database;
    this.#nodeId = nodeId;
    this.#leaseMs = leaseMs;
    this.#facts = facts;
    this.#batcher = new Batcher({
      maxBatch: MAX_BATCH,
      maxQueued: MAX_QUEUED * 5,
      commit: (rows) => this.#write(rows),
      isPoison: () => false,
      refusal: () => new ChatError('unavailable', 'who is here could not be noted'),
    });
  }

  /** True when they are now online, or offline, and were not before. */
  set(userId: string, isHere: () => boolean): Promise<boolean> {
    return this.#batcher.add({ userId, isHere });
  }

  async online(userIds: readonly string[]): Promise<Set<string>> {
    const rows = await query<{ user_id: string }>(
      this.#database.em,
      'select distinct user_id from live_user where user_id = any($1)',
      [userIds],
    );
    return new Set(rows.map((row) => row.user_id));
  }

  /** True when there was nothing to renew: the tables are unlogged, or somebody thought us dead. */
  async renewLease(): Promise<boolean> {
    const [renewed] = await query<{ fresh: boolean }>(
      this.#database.em,
      `insert into node (id, lease_until, facts) values ($1, now() + $2::float8 * interval '1 ms', $3::text::jsonb)
       on conflict (id) do update set lease_until = excluded.lease_until, facts = excluded.facts
       returning xmax = 0 as fresh`,
      [this.#nodeId, this.#leaseMs, JSON.stringify(this.#facts?.() ?? null)],
    );
    return renewed!.fresh;
  }

  /** Milliseconds until the next lease of another node ends, if it is not renewed. */
  async nextEnd(): Promise<number> {
    const [row] = await query<{ ms: number | null }>(
      this.#database.em,
      'select extract(epoch from min(lease_until) - now())::float8 * 1000 as ms from node where id <> $1',
      [this.#nodeId],
    );
    return row?.ms ?? Number.POSITIVE_INFINITY;
  }

  async giveUpLease(): Promise<void> {
    await this.#batcher.drain();
    await query(
      this.#database.em,
      `with gone as (
         select l.user_id, now() as until from live_user l where l.node_id = $1
       ), seen as (${notingSeen('gone', 'p.until')}), changed as (${notingChange('gone')})
       delete from node where id = $1`,
      [this.#nodeId],
    );
  }

  /** Clears away nodes whose lease has ended; answers the people who went with them. */
  async clearDeadNodes(): Promise<string[]> {
    await this.#sweepChanges();
    const rows = await query<{ user_id: string }>(
      this.#database.em,
      `with dead as (
         select n.id, n.lease_until from node n where n.lease_until < now() for update skip locked
       ), gone as (
         select l.user_id, max(d.lease_until) as until from dead d join live_user l on l.node_id = d.id group by 1
       ), seen as (${notingSeen('gone', 'p.until')}), changed as (${notingChange('gone')}), deleted as (
         delete from node n using dead d where n.id = d.id
       )
       select g.user_id from gone g where not exists (
         select 1 from live_user l where l.user_id = g.user_id and l.node_id not in (select id from dead)
       )`,
      [],
    );
    return rows.map((row) => row.user_id);
  }

  async #sweepChanges(): Promise<void> {
    await query(
      this.#database.em,
      `delete from presence_change where user_id in (
         select user_id from presence_change where changed_at < now() - $1::float8 * interval '1 ms'
         for update skip locked
       )`,
      [PRESENCE_CHANGES_KEPT_MS],
    );
  }

  async #write(rows: readonly PresenceRow[]): Promise<boolean[]> {
    const users = [...new Set(rows.map((row) => row.userId))];
    const here = new Set(rows.filter((row) => row.isHere()).map((row) => row.userId));
    const arrived = await this.#insert([...here]);
    const left = await this.#remove(users.filter((user) => !here.has(user)));
    return rows.map(({ userId }) => arrived.has(userId) || left.has(userId));
  }

  /** Returns those who were nowhere before. */
  async #insert(users: readonly string[]): Promise<Set<string>> {
    if (users.length === 0) return new Set();
    const rows = await query<{ user_id: string }>(
      this.#database.em,
      `with inserted as (
         insert into live_user (user_id, node_id) select u, $2 from unnest($1::uuid[]) u
         on conflict do nothing returning user_id
       ), changed as (${notingChange('inserted')})
       select i.user_id from inserted i
       where not exists (select 1 from live_user l where l.user_id = i.user_id and l.node_id <> $2)`,
      [users, this.#nodeId],
    );
    return new Set(rows.map((row) => row.user_id));
  }

  /** Returns those who are nowhere else. */
  async #remove(users: readonly string[]): Promise<Set<string>> {
    if (users.length === 0) return new Set();
    const rows = await query<{ user_id: string }>(
      this.#database.em,
      `with removed as (
         delete from live_user where node_id = $2 and user_id = any($1) returning user_id, now() as until
       ), seen as (${notingSeen('removed', 'p.until')}), changed as (${notingChange('removed')})
       select r.user_id from removed r
       where not exists (select 1 from live_user l where l.user_id = r.user_id and l.node_id <> $2)`,
      [users, this.#nodeId],
    );
    return new Set(rows.map((row) => row.user_id));
  }
}

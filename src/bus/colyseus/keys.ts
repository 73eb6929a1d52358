import type { ColyseusLease } from './lease.ts';

/** A row that has expired is as good as absent; sweeping it is a matter of tidiness. */
const live = (table: string): string => `(${table}.expires_at is null or ${table}.expires_at > now())`;
const after = (parameter: string): string => `now() + ${parameter}::float8 * interval '1 s'`;
const KINDS = ['string', 'hash', 'set', 'list'] as const;

/** A new field or member of what expires as a whole expires with it. */
const inherited = (table: string): string =>
  `(select case when bool_and(o.expires_at is not null) then max(o.expires_at) end
    from ${table} o where o.key = $1 and ${live('o')})`;

interface Row {
  readonly value: string;
}
const first = (rows: Row[]): string | null => rows[0]?.value ?? null;
const number = (rows: Row[]): number => Number(rows[0]?.value ?? 0);

/** Keys of any kind, and those that hold a text or a counter. Each kind has names of its own. */
export class Strings {
  readonly #lease: ColyseusLease;

  constructor(lease: ColyseusLease) {
    this.#lease = lease;
  }

  exists(key: string): Promise<boolean> {
    const kinds = KINDS.map((kind) => {
      const filled = kind === 'list' ? ' and cardinality(t.items) > 0' : '';
      return `exists (select 1 from colyseus_${kind} t where t.key = $1 and ${live('t')}${filled})`;
    });
    const sql = `select (${kinds.join(' or ')})::int::text as value`;
    return this.#lease.run(sql, [key], (rows: Row[]) => first(rows) === '1');
  }

  /** True if there was something. */
  expire(key: string, seconds: number): Promise<boolean> {
    const kinds = KINDS.map(
      (kind) => `${kind}s as (update colyseus_${kind} t set expires_at = ${after('$2')}
        where t.key = $1 and ${live('t')} returning 1)`,
    );
    const any = KINDS.map((kind) => `exists (select 1 from ${kind}s)`).join(' or ');
    const sql = `with ${kinds.join(', ')} select (${any})::int::text as value`;
    return this.#lease.run(sql, [key, seconds], (rows: Row[]) => first(rows) === '1');
  }

  del(key: string): Promise<void> {
    const kinds = KINDS.map((kind) => `${kind}s as (delete from colyseus_${kind} where key = $1)`);
    return this.#lease.run(`with ${kinds.join(', ')} select 1`, [key], () => {});
  }

  /** Without `seconds` for ever. */
  set(key: string, value: unknown, seconds?: number): Promise<void> {
    const sql = `insert into colyseus_string (key, value, expires_at) values ($1, $2, ${after('$3')})
      on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at`;
    return this.#lease.run(sql, [key, String(value), seconds ?? null], () => {});
  }

  get(key: string): Promise<string | null> {
    const sql = `select value from colyseus_string t where key = $1 and ${live('t')}`;
    return this.#lease.run(sql, [key], first);
  }

  add(key: string, amount: number): Promise<number> {
    const sql = `insert into colyseus_string as t (key, value) values ($1, $2::bigint::text)
      on conflict (key) do update set
        value = case when ${live('t')} then (t.value::bigint + $2::bigint)::text else excluded.value end,
        expires_at = case when ${live('t')} then t.expires_at end
      returning value`;
    return this.#lease.run(sql, [key, amount], number);
  }
}

/** One row for each field: counters of different fields do not wait for each other. */
export class Hashes {
  readonly #lease: ColyseusLease;

  constructor(lease: ColyseusLease) {
    this.#lease = lease;
  }

  set(key: string, field: string, value: unknown): Promise<void> {
    const sql = `insert into colyseus_hash as t (key, field, value, expires_at)
      values ($1, $2, $3, ${inherited('colyseus_hash')})
      on conflict (key, field) do update set value = excluded.value,
        expires_at = case when ${live('t')} then t.expires_at else excluded.expires_at end`;
    return this.#lease.run(sql, [key, field, String(value)], () => {});
  }

  /** With `seconds`, this field (and no other) expires so long after it was last counted. */
  add(key: string, field: string, amount: number, seconds?: number): Promise<number> {
    const sql = `insert into colyseus_hash as t (key, field, value, expires_at)
      values ($1, $2, $3::bigint::text, coalesce(${after('$4')}, ${inherited('colyseus_hash')}))
      on conflict (key, field) do update set
        value = case when ${live('t')} then (t.value::bigint + $3::bigint)::text else excluded.value end,
        expires_at = case when $4::float8 is null and ${live('t')} then t.expires_at else excluded.expires_at end
      returning value`;
    return this.#lease.run(sql, [key, field, amount, seconds ?? null], number);
  }

  get(key: string, field: string): Promise<string | null> {
    const sql = `select value from colyseus_hash t where key = $1 and field = $2 and ${live('t')}`;
    return this.#lease.run(sql, [key, field], first);
  }

  getAll(key: string): Promise<Record<string, string>> {
    const sql = `select field, value from colyseus_hash t where key = $1 and ${live('t')}`;
    return this.#lease.run(sql, [key], (rows: (Row & { field: string })[]) =>
      Object.fromEntries(rows.map(({ field, value }) => [field, value])),
    );
  }

  remove(key: string, field: string): Promise<boolean> {
    const sql = `delete from colyseus_hash t where key = $1 and field = $2 returning ${live('t')}::int::text as value`;
    return this.#lease.run(sql, [key, field], (rows: Row[]) => first(rows) === '1');
  }

  size(key: string): Promise<number> {
    const sql = `select count(*)::text as value from colyseus_hash t where key = $1 and ${live('t')}`;
    return this.#lease.run(sql, [key], number);
  }
}

export class Sets {
  readonly #lease: ColyseusLease;

  constructor(lease: ColyseusLease) {
    this.#lease = lease;
  }

  /** How many were added: 0 or 1. */
  add(key: string, member: unknown): Promise<number> {
    const sql = `insert into colyseus_set as t (key, member, expires_at)
      values ($1, $2, ${inherited('colyseus_set')})
      on conflict (key, member) do update set expires_at = excluded.expires_at where not ${live('t')}
      returning member as value`;
    return this.#lease.run(sql, [key, String(member)], (rows) => rows.length);
  }

  /** How many were removed: 0 or 1. */
  remove(key: string, member: unknown): Promise<number> {
    const sql = `delete from colyseus_set t where key = $1 and member = $2 returning ${live('t')}::int::text as value`;
    return this.#lease.run(sql, [key, String(member)], number);
  }

  has(key: string, member: string): Promise<number> {
    const sql = `select 1 from colyseus_set t where key = $1 and member = $2 and ${live('t')}`;
    return this.#lease.run(sql, [key, member], (rows) => rows.length);
  }

  size(key: string): Promise<number> {
    const sql = `select count(*)::text as value from colyseus_set t where key = $1 and ${live('t')}`;
    return this.#lease.run(sql, [key], number);
  }

  /** What is in all of the sets. */
  members(keys: readonly string[]): Promise<string[]> {
    const sql = `select member as value from colyseus_set t where key = any($1::text[]) and ${live('t')}
      group by member having count(*) = $2::int`;
    const distinct = [...new Set(keys)];
    return this.#lease.run(sql, [distinct, distinct.length], (rows: Row[]) => rows.map((row) => row.value));
  }
}

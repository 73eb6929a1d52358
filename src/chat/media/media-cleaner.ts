import { type Database, type EntityManager, query } from '../../entities/database.ts';
import { LOOSE_MEDIA_SECONDS, MAX_MEDIA_SWEPT, REMOVAL_RETRY_SECONDS, SWEEP_MS } from '../limits.ts';
import type { Log } from '../log.ts';
import { type MediaLimits, uploadSeconds } from './media-core.ts';
import type { MediaStore } from './media-store.ts';
import { clearSpool } from './spool.ts';

export interface MediaCleanerOptions {
  readonly database: Database;
  readonly store: MediaStore;
  readonly limits: MediaLimits;
  readonly log: Log;
}

/**
 * What is due becomes `removed` from now on. That is the claim: no other node takes the same file before it is
 * time to try again, and one that dies over it leaves it to the others. No lock is held while files are removed.
 */
const CLAIM = `
  update media m set state = 'removed', changed_at = clock_timestamp() from (
    select id from media where state <> 'kept' and changed_at < clock_timestamp() - interval '1 s' *
      case state when 'uploading' then $1::float8 when 'loose' then $2::float8 else $3::float8 end
    order by changed_at limit $4 for update skip locked
  ) due where m.id = due.id returning m.id`;

/** Takes away files that nobody wants any more: at once where that is known, by sweeping what was left behind. */
export class MediaCleaner {
  readonly #options: MediaCleanerOptions;
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: MediaCleanerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#schedule();
  }

  /** Settles when nothing is being removed any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay);
  }

  /** After the commit that made them `removed`. Nobody waits for it; what fails is left to the sweep. */
  removeSoon(ids: readonly string[]): void {
    if (ids.length > 0) this.#run(() => this.#remove(ids));
  }

  /** One round: what uploads left behind that broke off, what was never sent, what could not be removed. */
  async sweep(): Promise<void> {
    const { database, store, limits } = this.#options;
    const patience = uploadSeconds(limits);
    await clearSpool(store.spool, patience * 1_000);
    let swept: string[];
    do {
      swept = await claim(database, [patience, LOOSE_MEDIA_SECONDS, REMOVAL_RETRY_SECONDS, MAX_MEDIA_SWEPT]);
      await this.#remove(swept);
    } while (swept.length === MAX_MEDIA_SWEPT && !this.#stopped);
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#run(() => this.sweep()).finally(() => this.#schedule()), SWEEP_MS);
  }

  #run(work: () => Promise<void>): Promise<void> {
    const done = work()
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'files could not be removed'))
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
    return done;
  }

  /** The rows go last: as long as there is a file, there is a row that says so. */
  async #remove(ids: readonly string[]): Promise<void> {
    const { database, store } = this.#options;
    const failures: unknown[] = [];
    for (const id of ids) {
      try {
        await store.remove(id);
        await store.remove(thumbOf(id));
        await query(database.em, `delete from media where id = $1 and state = 'removed'`, [id]);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

async function claim(database: Database, parameters: number[]): Promise<string[]> {
  const rows = await query<{ id: string }>(database.em, CLAIM, parameters);
  return rows.map((row) => row.id);
}

/** In a transaction of the caller's, who afterwards has them removed. From here on nobody can read them. */
export async function release(em: EntityManager, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await query<{ id: string }>(
    em,
    `update media set state = 'removed', changed_at = clock_timestamp()
     where id = any($1) and state <> 'removed' returning id`,
    [ids],
  );
  return rows.map((row) => row.id);
}

/** Of these, what this person has uploaded and not sent after all. */
export async function releaseLoose(
  em: EntityManager,
  ownerId: string,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await query<{ id: string }>(
    em,
    `update media set state = 'removed', changed_at = clock_timestamp()
     where id = any($1) and owner_id = $2 and state = 'loose' returning id`,
    [ids, ownerId],
  );
  return rows.map((row) => row.id);
}

/** All that this person has uploaded, but for what they have sent: that stays with the messages. */
export async function releaseUnsent(em: EntityManager, ownerId: string): Promise<string[]> {
  const rows = await query<{ id: string }>(
    em,
    `update media set state = 'removed', changed_at = clock_timestamp()
     where owner_id = $1 and state <> 'removed' and conversation_id is null returning id`,
    [ownerId],
  );
  return rows.map((row) => row.id);
}

/** What the small picture of a file is called in the store. */
export function thumbOf(id: string): string {
  return `${id}.thumb`;
}

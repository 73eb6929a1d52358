import { type Database, type EntityManager, query } from '../entities/database.ts';
import type { User } from '../entities/user.ts';
import { networkOf } from './address.ts';
import type { Chat } from './chat.ts';
import { isKnownPlace } from './known-places.ts';
import { type Delay, SIGN_IN_DELAYS, SIGN_IN_FAILURES_KEPT_SECONDS } from './limits.ts';
import { tooOften } from './rate-limits.ts';
import { tokenHash } from './tokens.ts';

export interface Attempt {
  /** As it was typed: whether two names are one account is nobody's business. */
  readonly name: string;
  readonly found: User | null;
  readonly address?: string | undefined;
  /** From an earlier sign-in on the same device. */
  readonly deviceToken?: string | undefined;
}

interface Counted {
  readonly key: string;
  readonly delay: Delay;
}

/**
 * Makes guessing slow on all nodes together. After some failures each next attempt has to wait, twice as long as the
 * one before: for this name from this address; for this address, whatever the name; and a little for this name from
 * wherever. A stranger could keep the owner waiting that way. So a device that has signed in before is counted for
 * itself, and an address from which this account has signed in before takes part in the first count only.
 */
export class SignInDelays {
  readonly #database: Database;
  readonly #enabled: boolean;

  constructor(database: Database, enabled: boolean) {
    this.#database = database;
    this.#enabled = enabled;
  }

  /** Counts a failure, which it is until `forgive`; or refuses (`rate_limited`), before any password is looked at. */
  async begin(chat: Pick<Chat, 'tokens'>, attempt: Attempt): Promise<{ forgive(): Promise<void> }> {
    if (!this.#enabled) return { forgive: async () => {} };
    const em = this.#database.em.fork();
    const counted = await this.#whatCounts(em, chat, attempt);
    const delays = counted.map(({ delay }) => delay);
    const [row] = await query<{ wait: number }>(
      em,
      'select count_sign_in($1::text[], $2::int[], $3::float8[], $4::float8[], $5) as wait',
      [
        counted.map(({ key }) => key),
        delays.map(({ free }) => free),
        delays.map(({ firstSeconds }) => firstSeconds),
        delays.map(({ mostSeconds }) => mostSeconds),
        SIGN_IN_FAILURES_KEPT_SECONDS,
      ],
    );
    if (row!.wait > 0) throw tooOften(row!.wait * 1_000);
    return { forgive: () => forgive(em, counted) };
  }

  async #whatCounts(
    em: EntityManager,
    chat: Pick<Chat, 'tokens'>,
    { name, found, address = '', deviceToken }: Attempt,
  ): Promise<Counted[]> {
    const device = deviceToken === undefined ? undefined : await chat.tokens.verify('device', deviceToken);
    if (device !== undefined && device.userId === found?.id) return [count('device', device.sessionId)];
    const typed = name.normalize().toLowerCase();
    const network = networkOf(address);
    const pair = count('pair', network, typed);
    // Asked for whoever is nobody, too, so that it takes the same time.
    if (await isKnownPlace(em, found?.id, address)) return [pair];
    return [pair, count('address', network), count('name', typed)];
  }
}

/** The right password makes good what was counted against this name here; others' failures stand. */
async function forgive(em: EntityManager, counted: readonly Counted[]): Promise<void> {
  const own = counted.filter(({ delay }) => delay.forgiven).map(({ key }) => key);
  await query(
    em,
    `update sign_in_delay set
       failures = case when key = any ($2::text[]) then 0 else greatest(failures - 1, 0) end,
       not_before = clock_timestamp()
     where key in (select key from sign_in_delay where key = any ($1::text[]) order by key for update)`,
    [counted.map(({ key }) => key), own],
  );
}

/** Hashed: the table is no list of who tries to sign in from where. */
function count(kind: keyof typeof SIGN_IN_DELAYS, ...parts: readonly string[]): Counted {
  return { key: tokenHash(JSON.stringify([kind, ...parts])), delay: SIGN_IN_DELAYS[kind] };
}

import type { Device } from '../client/device.ts';
import type { Actor } from '../load/actor.ts';
import type { Ledger } from '../load/ledger.ts';
import type { World } from '../load/world.ts';
import { until } from '../until.ts';
import { auditAnswers } from './answers.ts';
import { type Finding, listOf } from './finding.ts';
import { auditLogs, expected } from './logs.ts';
import { auditPresence } from './presence.ts';
import { auditStored } from './stored.ts';
import { Database } from './truth.ts';

export interface AuditorOptions {
  readonly world: World;
  readonly ledger: Ledger;
  readonly actors: readonly Actor[];
  readonly databaseUrl: string;
}

/** Longer than a client may need that comes back just before the SDK would give up. */
const PATIENCE_MS = 90_000;

/** Knows what must be true, and waits for it no longer than anybody would. */
export class Auditor {
  readonly #options: AuditorOptions;
  readonly #database: Database;
  readonly #conversationIds: readonly string[];
  /** What was found once is not found again after every later fault. */
  readonly #known = new Set<string>();

  constructor(options: AuditorOptions) {
    this.#options = options;
    this.#database = new Database(options.databaseUrl);
    this.#conversationIds = options.world.conversations.map(({ id }) => id);
  }

  /** The seconds until every device has been here with all that there is now, while everybody goes on writing. */
  async untilCaughtUp(): Promise<number | undefined> {
    const start = performance.now();
    const positions = await this.#database.positions(this.#conversationIds);
    const pending = new Set(this.#lines().map(({ device }) => device));
    const caughtUp = await until(() => {
      for (const { device, conversationIds } of this.#lines())
        if (device.whereabouts === 'away' || isAt(device, conversationIds, positions)) pending.delete(device);
      return pending.size === 0;
    }, PATIENCE_MS);
    return caughtUp ? (performance.now() - start) / 1_000 : undefined;
  }

  /** Everybody stops, everything arrives, and then all of it must agree. */
  async audit(): Promise<Finding[]> {
    const { world, ledger, actors } = this.#options;
    const findings = [...(await this.#untilAllRest()), ...(await this.#untilQuiet())];
    const truth = await this.#database.truth(this.#conversationIds);
    findings.push(
      ...auditStored(world.conversations, truth, ledger),
      ...auditLogs(world, truth),
      ...(await auditAnswers(world, truth, ledger)),
      ...(await this.#untilPresenceIsRight()),
      ...actors.flatMap(({ person, complaints }) => complained(person.account.username, complaints)),
      ...this.#lines().flatMap(({ device }) => complained(device.name, device.complaints)),
    );
    const fresh = findings.filter(({ kind, text }) => !this.#known.has(kind + text));
    for (const { kind, text } of fresh) this.#known.add(kind + text);
    return fresh;
  }

  async #untilAllRest(): Promise<Finding[]> {
    const { actors } = this.#options;
    let resting = false;
    void Promise.all(actors.map((actor) => actor.rest())).then(() => {
      resting = true;
    });
    if (await until(() => resting, PATIENCE_MS)) return [];
    return actors.flatMap(({ doing, person }) =>
      doing === undefined
        ? []
        : [stuck(`${doing}: no answer (${person.devices.map(({ lastError }) => lastError).join('; ')})`)],
    );
  }

  async #untilQuiet(): Promise<Finding[]> {
    let behind: string[] = [];
    const look = async (): Promise<boolean> => {
      const positions = await this.#database.positions(this.#conversationIds);
      behind = this.#lines().flatMap(({ device, conversationIds }) => {
        if (device.whereabouts === 'away') return [];
        if (!device.isSettled) return [`${device.name} is ${device.whereabouts} (${device.lastError})`];
        return conversationIds
          .filter((id) => device.logs.get(id)?.rev !== positions.get(id))
          .map((id) => `${device.name}: ${id} at ${device.logs.get(id)?.rev}, not ${positions.get(id)}`);
      });
      return behind.length === 0;
    };
    if (await until(look, PATIENCE_MS)) return [];
    return behind.map(stuck);
  }

  async #untilPresenceIsRight(): Promise<Finding[]> {
    let wrong: Finding[] = [];
    await until(async () => {
      wrong = auditPresence(this.#options.world, await this.#database.online());
      return wrong.length === 0;
    }, PATIENCE_MS / 3);
    return wrong;
  }

  #lines(): { device: Device; conversationIds: string[] }[] {
    const { people, conversations } = this.#options.world;
    return people.flatMap((person) =>
      person.devices.map((device) => ({
        device,
        conversationIds: expected(person, device, conversations).map(({ id }) => id),
      })),
    );
  }
}

function isAt(
  device: Device,
  conversationIds: readonly string[],
  positions: ReadonlyMap<string, number>,
): boolean {
  if (device.whereabouts !== 'here') return false;
  return conversationIds.every((id) => (device.logs.get(id)?.rev ?? 0) >= positions.get(id)!);
}

function complained(who: string, complaints: readonly string[]): Finding[] {
  return complaints.length === 0 ? [] : [{ kind: 'complaint', text: `${who}: ${listOf(complaints)}` }];
}

function stuck(text: string): Finding {
  return { kind: 'stuck', text };
}

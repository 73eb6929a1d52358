import type { Device } from '../client/device.ts';
import type { Actor } from '../load/actor.ts';
import type { Ledger } from '../load/ledger.ts';
import type { Conversation, World } from '../load/world.ts';
import { until } from '../until.ts';
import { auditAnswers } from './answers.ts';
import { type Finding, listOf } from './finding.ts';
import { auditLogs, expected } from './logs.ts';
import { auditPresence } from './presence.ts';
import { auditStored } from './stored.ts';
import { Database, type Position } from './truth.ts';

/** A device and the conversations that it shows. */
interface Showing {
  readonly device: Device;
  readonly conversations: readonly Conversation[];
}

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
    let pending = this.#devices();
    const caughtUp = await until(() => {
      pending = pending.filter((showing) => {
        const { whereabouts } = showing.device;
        if (whereabouts === 'away') return false;
        return whereabouts !== 'here' || this.#behind(showing, positions).length > 0;
      });
      return pending.length === 0;
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
      ...this.#devices().flatMap(({ device }) => complained(device.name, device.complaints)),
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
      behind = this.#devices().flatMap((showing) => {
        const { device } = showing;
        if (device.whereabouts === 'away') return [];
        if (!device.isSettled) return [`${device.name} is ${device.whereabouts} (${device.lastError})`];
        return this.#behind(showing, positions);
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

  #devices(): Showing[] {
    const { people, conversations } = this.#options.world;
    return people.flatMap((person) =>
      person.devices.map((device) => ({
        device,
        conversations: expected(person, device, conversations),
      })),
    );
  }

  #behind({ device, conversations }: Showing, positions: ReadonlyMap<string, Position>): string[] {
    return conversations.flatMap(({ id, kind }) => {
      const { rev, revWithoutMarks } = positions.get(id)!;
      const wanted = kind === 'crowd' && device.place.room === 'inbox' ? revWithoutMarks : rev;
      const has = device.logs.get(id)?.rev ?? 0;
      return has >= wanted ? [] : [`${device.name}: ${kind} ${id} at ${has}, not ${wanted}`];
    });
  }
}

function complained(who: string, complaints: readonly string[]): Finding[] {
  return complaints.length === 0 ? [] : [{ kind: 'complaint', text: `${who}: ${listOf(complaints)}` }];
}

function stuck(text: string): Finding {
  return { kind: 'stuck', text };
}

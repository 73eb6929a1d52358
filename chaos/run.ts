import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import { Auditor } from './audit/auditor.ts';
import type { Finding } from './audit/finding.ts';
import type { Durations, Fault, Scene } from './faults/fault.ts';
import { untilReady } from './faults/ready.ts';
import { Actor } from './load/actor.ts';
import { Ledger } from './load/ledger.ts';
import { Random } from './load/random.ts';
import { createWorld, type WorldOptions } from './load/world.ts';

export interface ChaosOptions {
  readonly seed: string;
  readonly nodes: number;
  readonly faults: readonly Fault[];
  /** Of sending before each fault; half as long after it. */
  readonly seconds: number;
  /** Undefined: as the server has it. */
  readonly leaseMs: number | undefined;
  readonly durations: Durations;
  readonly size: Omit<WorldOptions, 'url' | 'random'>;
  readonly onProgress?: (line: string) => void;
  /** What the nodes print. */
  readonly onOutput?: (name: string, text: string) => void;
}

export interface Row {
  readonly fault: string;
  readonly what: string;
  /** Messages, since the row before. */
  readonly acknowledged: number;
  /** After the fault, until everybody had everything that there was at its end; undefined: never. */
  readonly seconds: number | undefined;
  readonly findings: readonly Finding[];
}

const SILENCE_AFTER_MS = 1_500;
const PAUSE_MS = { team: 60, others: 250 };

/** Starts a cluster, lets people chat on it, and does everything to it that may happen; nothing may come of it. */
export async function runChaos(options: ChaosOptions): Promise<Row[]> {
  const { seed, nodes, leaseMs, size, onProgress = () => {}, onOutput } = options;
  const random = new Random(seed);
  const cluster = await startCluster({ nodes, leaseMs, natsLines: true, onOutput });
  try {
    for (const { name } of cluster.nodes) await untilReady(cluster, name);
    const world = await createWorld({ url: cluster.url, random: random.fork('world'), ...size });
    const ledger = new Ledger();
    const team = world.conversations.find(({ kind }) => kind === 'team')!.members;
    const actors = world.people.map(
      (person) =>
        new Actor({
          person,
          ledger,
          random: random.fork(person.account.username),
          pauseMs: team.includes(person) ? PAUSE_MS.team : PAUSE_MS.others,
        }),
    );
    const auditor = new Auditor({ world, ledger, actors, databaseUrl: cluster.postgres.url });
    const rows: Row[] = [];
    for (const [index, fault] of options.faults.entries()) {
      const scene: Scene = {
        cluster,
        random: random.fork(`${fault.name} ${index}`),
        durations: options.durations,
      };
      onProgress(`${fault.name} …`);
      const row = await strike(fault, scene, { actors, auditor, ledger, seconds: options.seconds });
      rows.push(row);
      // Whoever waits for an answer that does not come cannot go on.
      if (row.findings.some(({ kind }) => kind === 'stuck')) break;
    }
    return rows;
  } finally {
    await cluster.stop();
  }
}

interface Load {
  readonly actors: readonly Actor[];
  readonly auditor: Auditor;
  readonly ledger: Ledger;
  readonly seconds: number;
}

/** One fault in the middle of everybody's chatting, and the reckoning after it. */
async function strike(fault: Fault, scene: Scene, { actors, auditor, ledger, seconds }: Load): Promise<Row> {
  const before = ledger.acknowledged;
  for (const actor of actors) actor.start();
  await sleep(seconds * 1_000);
  const silencing = setTimeout(() => fallSilent(actors, scene.random), SILENCE_AFTER_MS);
  const { what, mend } = await fault.run(scene);
  const caughtUpAfter = await auditor.untilCaughtUp();
  await sleep(seconds * 500);
  clearTimeout(silencing);
  await mend?.();
  const findings = [...(await reviveTheFallen(scene.cluster)), ...(await auditor.audit())];
  return {
    fault: fault.name,
    what,
    acknowledged: ledger.acknowledged - before,
    seconds: caughtUpAfter,
    findings,
  };
}

/**
 * Half of the pairs stop in the middle of a fault that lasts. What is said in a dialog later leads everybody to what
 * they missed before; here nothing does, and the server must find it by itself.
 */
function fallSilent(actors: readonly Actor[], random: Random): void {
  for (let pair = 0; pair < actors.length; pair += 2) {
    if (random.chance(0.5)) for (const actor of actors.slice(pair, pair + 2)) void actor.rest();
  }
}

/** A node ends when it is told to, and never by itself. Its last words say why it did. */
async function reviveTheFallen(cluster: Cluster): Promise<Finding[]> {
  const fallen = cluster.nodes.filter((node) => !node.running);
  for (const node of fallen) {
    await node.start();
    await untilReady(cluster, node.name);
  }
  return fallen.map((node) => ({ kind: 'fallen', text: `${node.name} ended by itself; --output shows why` }));
}

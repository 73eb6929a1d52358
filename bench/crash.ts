import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { choice, numbersFrom } from './support/arguments.ts';
import { Lab } from './support/lab.ts';
import { addFaults, Ledger, noFaults } from './support/ledger.ts';
import { inParallel } from './support/parallel.ts';
import type { Link, Person, Target } from './support/target.ts';

export interface CrashOptions {
  database: 'postgres' | 'pglite';
  client?: 'raw' | 'sdk';
  dialogs?: number;
  /** How long to send before each kill. */
  seconds?: number;
  kills?: number;
}

export interface CrashReport {
  acknowledged: number;
  /** Sent without an answer when the server died; the client cannot know what became of them. */
  unanswered: number;
  /** Of those, how many the server had kept nevertheless: sent again, they must not appear twice. */
  keptUnanswered: number;
  lost: number;
  doubled: number;
  gaps: number;
}

/** One of the two people of a dialog, sending as fast as acknowledgements come. */
class Writer {
  readonly person: Person;
  readonly other: Person;
  readonly ledger: Ledger;
  /** clientIds without an answer. */
  readonly unanswered = new Set<string>();
  #next = 0;
  #link: Link | undefined;

  constructor(person: Person, other: Person, ledger: Ledger) {
    this.person = person;
    this.other = other;
    this.ledger = ledger;
  }

  async join(target: Target): Promise<void> {
    this.#link = await target.openDialog(this.person, this.other, this.ledger.conversationId, () => {});
  }

  /** Ends with the connection. */
  async sendUntilItBreaks(): Promise<void> {
    for (;;) {
      const clientId = `${this.person.id}-${this.#next++}`;
      this.unanswered.add(clientId);
      if (!(await this.#send(clientId))) return;
    }
  }

  async sendUnansweredAgain(): Promise<void> {
    for (const clientId of this.unanswered) {
      if (!(await this.#send(clientId))) throw new Error('the restarted server refused a message');
    }
  }

  async leave(): Promise<void> {
    await this.#link?.close();
  }

  async #send(clientId: string): Promise<boolean> {
    try {
      const { seq } = await this.#link!.send({ clientId, text: clientId });
      this.ledger.acknowledged.set(clientId, seq);
      this.unanswered.delete(clientId);
      return true;
    } catch {
      return false;
    }
  }
}

/** Kills the server with `kill -9` while everybody sends, starts it on the same data and counts what is there. */
export async function crash(options: CrashOptions): Promise<CrashReport> {
  const { database, client = 'raw', dialogs = 10, seconds = 4, kills = 1 } = options;
  const lab = await Lab.open({ database, client });
  try {
    const { target, server } = await lab.startParlour();
    const writers = await makeWriters(target, dialogs);
    const report: CrashReport = {
      acknowledged: 0,
      unanswered: 0,
      keptUnanswered: 0,
      lost: 0,
      doubled: 0,
      gaps: 0,
    };
    for (let kill = 0; kill < kills; kill++) {
      await inParallel(writers, 8, (writer) => writer.join(target));
      const sending = writers.map((writer) => writer.sendUntilItBreaks());
      await sleep(seconds * 1000);
      await server.kill();
      await Promise.all(sending);
      await server.restart();

      // Once before anything is sent again, so that nothing can repair what the crash broke.
      await audit(target, writers, report);
      await countUnanswered(target, writers, report);
      await inParallel(writers, 8, (writer) => writer.join(target));
      await Promise.all(writers.map((writer) => writer.sendUnansweredAgain()));
      await audit(target, writers, report);
      await Promise.all(writers.map((writer) => writer.leave()));
    }
    for (const { ledger } of firstOfEachDialog(writers)) report.acknowledged += ledger.acknowledged.size;
    await target.stop();
    return report;
  } finally {
    await lab.close();
  }
}

async function makeWriters(target: Target, dialogs: number): Promise<Writer[]> {
  const people = await target.people(dialogs * 2);
  const pairs = await inParallel([...Array(dialogs).keys()], 8, async (index) => {
    const [one, other] = [people[index * 2]!, people[index * 2 + 1]!];
    const ledger = new Ledger(await target.dialog(one, other));
    return [new Writer(one, other, ledger), new Writer(other, one, ledger)];
  });
  return pairs.flat();
}

async function audit(target: Target, writers: Writer[], report: CrashReport): Promise<void> {
  const audits = await inParallel(firstOfEachDialog(writers), 4, async ({ person, ledger }) =>
    ledger.audit(await target.history(person, ledger.conversationId)),
  );
  const faults = audits.reduce(addFaults, noFaults);
  // Each audit reads everything since the beginning: what was lost once is found again by every later one.
  for (const fault of ['lost', 'doubled', 'gaps'] as const) {
    report[fault] = Math.max(report[fault], faults[fault]);
  }
}

async function countUnanswered(target: Target, writers: Writer[], report: CrashReport): Promise<void> {
  for (const { person, ledger, unanswered } of writers) {
    const kept = new Set(
      (await target.history(person, ledger.conversationId)).map(({ clientId }) => clientId),
    );
    report.unanswered += unanswered.size;
    for (const clientId of unanswered) if (kept.has(clientId)) report.keptUnanswered++;
  }
}

/** Both people of a dialog share its ledger. */
function firstOfEachDialog(writers: Writer[]): Writer[] {
  return writers.filter((_, index) => index % 2 === 0);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      database: { type: 'string' },
      client: { type: 'string', default: 'raw' },
      ...{ dialogs: { type: 'string' }, seconds: { type: 'string' }, kills: { type: 'string' } },
    },
  });
  const databases = ['postgres', 'pglite'] as const;
  const chosen = values.database ? [choice(values.database, databases)] : databases;
  const client = choice(values.client, ['raw', 'sdk']);
  const numbers = numbersFrom(values, { dialogs: 10, seconds: 4, kills: 1 });
  let bad = false;
  for (const database of chosen) {
    const report = await crash({ database, client, ...numbers });
    const { acknowledged, unanswered, keptUnanswered, lost, doubled, gaps } = report;
    process.stdout.write(
      `${database}: ${acknowledged} acknowledged, ${unanswered} unanswered at the kill (${keptUnanswered} of them stored), ` +
        `${lost} lost, ${doubled} doubled, ${gaps} gaps\n`,
    );
    bad ||= lost + doubled + gaps > 0 || acknowledged === 0;
  }
  return bad ? 1 : 0;
}

if (import.meta.main) process.exit(await main());

import { setTimeout as sleep } from 'node:timers/promises';
import { addFaults, Ledger, noFaults, type Reader } from '../support/ledger.ts';
import { inParallel } from '../support/parallel.ts';
import type { Outcome, Scenario } from '../support/scenario.ts';
import { Latencies } from '../support/stats.ts';
import type { Arrival, Link, Person, Target } from '../support/target.ts';

type Option = 'people' | 'messages' | 'senders' | 'inflight' | 'text';

/** Nothing new for this long means that nothing more will come. */
const patienceMs = 20_000;
/** Acknowledging every message by itself is not what a client does; together within this time it is. */
const deliveredAfterMs = 10;
/** How long to look for messages that come a second time although they were marked as delivered. */
const secondLookMs = 2000;

/** Everybody was away, messages piled up, and now they all come back in the same moment. */
export const offline: Scenario<Option> = {
  title: ({ people, messages, senders, text }) =>
    `${people} people away, ${messages} messages of ${text} characters for each from ${senders} senders, then all return at once`,
  options: { people: 200, messages: 100, senders: 10, inflight: 32, text: 200 },
  compared: false,
  run,
};

async function run(target: Target, options: Record<Option, number>): Promise<Outcome> {
  const away = await target.people(options.people);
  const senders = await target.people(options.senders);
  const boxes = await inParallel(away, 16, async (person, index) => {
    const sender = senders[index % senders.length]!;
    return new Mailbox(person, sender, await target.dialog(sender, person));
  });
  const sent = await fill(target, senders, boxes, options);

  const times = new Latencies();
  const startedAt = performance.now();
  const links = await Promise.all(boxes.map((box) => box.open(target)));
  const joined = performance.now() - startedAt;
  await settled(boxes);
  for (const { completeAt } of boxes) if (completeAt) times.record(completeAt - startedAt);
  const complete = Math.max(...boxes.map((box) => box.completeAt ?? Number.POSITIVE_INFINITY)) - startedAt;
  await Promise.all(boxes.map((box) => box.marked()));
  await Promise.all(links.map((link) => link.close()));

  const again = await secondReturn(target, boxes);
  const audits = await inParallel(boxes, 4, async ({ ledger, person }) =>
    ledger.audit(await target.history(person, ledger.conversationId)),
  );
  const metrics = {
    'stored/s while away': sent.perSecond,
    'all joined s': joined / 1000,
    'all complete s': complete / 1000,
    'p50 complete s': times.percentile(50) / 1000,
    'delivered/s': (options.people * options.messages) / (complete / 1000),
    'shown again': again,
    errors: sent.errors,
  };
  const faults = audits.reduce(addFaults, noFaults);
  return { metrics, faults: { ...faults, doubled: faults.doubled + again } };
}

async function fill(
  target: Target,
  senders: Person[],
  boxes: Mailbox[],
  options: Record<Option, number>,
): Promise<{ perSecond: number; errors: number }> {
  const text = 'x'.repeat(options.text);
  const startedAt = performance.now();
  let stored = 0;
  let errors = 0;
  await Promise.all(
    senders.map(async (sender) => {
      const link = await target.openInbox(sender, () => {});
      const own = boxes.filter((box) => box.sender === sender);
      const letters = own.flatMap((box) => [...Array(options.messages).keys()].map((n) => ({ box, n })));
      await inParallel(letters, options.inflight, async ({ box: { ledger }, n }) => {
        const { conversationId } = ledger;
        const clientId = `offline-${conversationId}-${n}`;
        try {
          const { seq } = await link.send({ clientId, text, conversationId });
          ledger.acknowledged.set(clientId, seq);
          stored++;
        } catch {
          errors++;
        }
      });
      await link.close();
    }),
  );
  return { perSecond: (stored / (performance.now() - startedAt)) * 1000, errors };
}

async function settled(boxes: Mailbox[]): Promise<void> {
  let before = -1;
  let changedAt = performance.now();
  while (boxes.some((box) => box.completeAt === undefined)) {
    const seen = boxes.reduce((sum, box) => sum + box.count, 0);
    if (seen !== before) changedAt = performance.now();
    else if (performance.now() - changedAt > patienceMs) return;
    before = seen;
    await sleep(20);
  }
}

/** Whoever marked everything as delivered must not be shown it a second time. */
async function secondReturn(target: Target, boxes: Mailbox[]): Promise<number> {
  let again = 0;
  const links = await Promise.all(boxes.map(({ person }) => target.openInbox(person, () => again++)));
  await sleep(secondLookMs);
  await Promise.all(links.map((link) => link.close()));
  return again;
}

/** One person's return: what they were shown, and the mark that follows it. */
class Mailbox {
  readonly person: Person;
  readonly sender: Person;
  readonly ledger: Ledger;
  readonly #reader: Reader;
  completeAt: number | undefined;
  count = 0;
  #link: Promise<Link> | undefined;
  #highest = 0;
  #marking: Promise<void> | undefined;

  constructor(person: Person, sender: Person, conversationId: string) {
    this.person = person;
    this.sender = sender;
    this.ledger = new Ledger(conversationId);
    this.#reader = this.ledger.reader(person.id);
  }

  async open(target: Target): Promise<Link> {
    this.#link = target.openInbox(this.person, (arrival) => this.#arrived(arrival));
    return await this.#link;
  }

  /** Ends when the server has answered the mark of the last message. */
  async marked(): Promise<void> {
    while (this.#marking) await this.#marking;
  }

  #arrived({ message }: Arrival): void {
    this.#reader.saw(message.seq);
    this.#highest = Math.max(this.#highest, message.seq);
    if (++this.count === this.ledger.acknowledged.size) this.completeAt = performance.now();
    this.#marking ??= this.#mark();
  }

  async #mark(): Promise<void> {
    for (let marked = 0; marked < this.#highest; ) {
      await sleep(deliveredAfterMs);
      marked = this.#highest;
      const link = await this.#link;
      await link?.delivered(marked, this.ledger.conversationId).catch(() => {});
    }
    this.#marking = undefined;
  }
}

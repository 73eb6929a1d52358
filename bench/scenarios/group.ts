import { Ledger } from '../support/ledger.ts';
import { inParallel } from '../support/parallel.ts';
import type { Outcome, Scenario } from '../support/scenario.ts';
import type { Target } from '../support/target.ts';
import { Traffic } from '../support/traffic.ts';

type Option = 'members' | 'senders' | 'inflight' | 'seconds' | 'text';

/** One conversation with many people connected: what a message costs when it goes to everybody. */
export const group: Scenario<Option> = {
  title: ({ members, senders, inflight, text, seconds }) =>
    `a group of ${members}, all connected, ${senders} send with ${inflight} in flight, ${text} characters, ${seconds} s`,
  options: { members: 100, senders: 4, inflight: 8, seconds: 20, text: 200 },
  compared: true,
  run,
};

async function run(target: Target, options: Record<Option, number>): Promise<Outcome> {
  const people = await target.people(options.members);
  const owner = people[0]!;
  const ledger = new Ledger(await target.group(owner, people.slice(1)));
  const traffic = new Traffic(options.text);
  const open = await inParallel(people, 16, async (person) => {
    const reader = ledger.reader(person.id);
    const id = ledger.conversationId;
    const link = await target.openGroup(person, id, (arrival) => traffic.arrived(reader, arrival));
    return { link, reader };
  });

  const senders = open.slice(0, options.senders);
  for (const { link, reader } of senders) traffic.keepSending(link, ledger, reader, options.inflight);
  const metrics = await traffic.measure(options.seconds, target.meter);
  await traffic.drain([ledger]);
  await Promise.all(open.map(({ link }) => link.close()));

  const faults = ledger.audit(await target.history(owner, ledger.conversationId));
  return { metrics, faults, remarks: traffic.errorTexts };
}

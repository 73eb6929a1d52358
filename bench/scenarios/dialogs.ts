import { addFaults, Ledger, noFaults } from '../support/ledger.ts';
import { inParallel } from '../support/parallel.ts';
import type { Outcome, Scenario } from '../support/scenario.ts';
import type { Target } from '../support/target.ts';
import { Traffic } from '../support/traffic.ts';

type Option = 'pairs' | 'inflight' | 'seconds' | 'text';

/** Many small conversations: two people each, one of them writing. */
export const dialogs: Scenario<Option> = {
  title: ({ pairs, inflight, text, seconds }) =>
    `${pairs} dialogs, both sides connected, one of them sends with ${inflight} in flight, ${text} characters, ${seconds} s`,
  options: { pairs: 50, inflight: 8, seconds: 20, text: 200 },
  compared: true,
  run,
};

async function run(
  target: Target,
  { pairs, inflight, seconds, text }: Record<Option, number>,
): Promise<Outcome> {
  const people = await target.people(pairs * 2);
  const traffic = new Traffic(text);
  const open = await inParallel([...Array(pairs).keys()], 16, async (index) => {
    const sender = people[index * 2]!;
    const receiver = people[index * 2 + 1]!;
    const ledger = new Ledger(await target.dialog(sender, receiver));
    const sending = ledger.reader(sender.id);
    const receiving = ledger.reader(receiver.id);
    const id = ledger.conversationId;
    const link = await target.openDialog(sender, receiver, id, (arrival) =>
      traffic.arrived(sending, arrival),
    );
    const other = await target.openDialog(receiver, sender, id, (arrival) =>
      traffic.arrived(receiving, arrival),
    );
    return { sender, ledger, sending, link, other };
  });

  for (const { link, ledger, sending } of open) traffic.keepSending(link, ledger, sending, inflight);
  const metrics = await traffic.measure(seconds, target.meter);
  await traffic.drain(open.map(({ ledger }) => ledger));
  await Promise.all(open.flatMap(({ link, other }) => [link.close(), other.close()]));

  const audits = await inParallel(open, 4, async ({ ledger, sender }) =>
    ledger.audit(await target.history(sender, ledger.conversationId)),
  );
  return { metrics, faults: audits.reduce(addFaults, noFaults), remarks: traffic.errorTexts };
}

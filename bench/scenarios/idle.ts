import { noFaults } from '../support/ledger.ts';
import { inParallel } from '../support/parallel.ts';
import type { Outcome, Scenario } from '../support/scenario.ts';
import type { Target } from '../support/target.ts';

type Option = 'connections';

const joinsAtOnce = 16;
const kibibyte = 1024;

/** What a connection costs in memory while nobody says anything. */
export const idle: Scenario<Option> = {
  title: ({ connections }) => `${connections} people connected (each to their inbox), nothing said`,
  options: { connections: 2000 },
  compared: true,
  run,
};

async function run(target: Target, { connections }: Record<Option, number>): Promise<Outcome> {
  // The people exist before the first measurement: a person's memory is not a connection's.
  const people = await target.people(connections);
  const before = (await target.meter?.quietMemory()) ?? Number.NaN;
  const startedAt = performance.now();
  const links = await inParallel(people, joinsAtOnce, (person) => target.openInbox(person, () => {}));
  const joining = (performance.now() - startedAt) / 1000;
  const after = (await target.meter?.quietMemory()) ?? Number.NaN;
  let dropped = 0;
  for (const link of links) void link.closed.then(() => dropped++);
  await Promise.resolve();
  const metrics = {
    'RSS before MiB': before / kibibyte / kibibyte,
    'RSS after MiB': after / kibibyte / kibibyte,
    'per connection KiB': (after - before) / kibibyte / connections,
    'joins/s': connections / joining,
    'dropped connections': dropped,
  };
  await inParallel(links, 100, (link) => link.close());
  return { metrics, faults: noFaults };
}

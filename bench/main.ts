import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { dialogs } from './scenarios/dialogs.ts';
import { group } from './scenarios/group.ts';
import { idle } from './scenarios/idle.ts';
import { login } from './scenarios/login.ts';
import { offline } from './scenarios/offline.ts';
import { choice, fail, flagName, numbersFrom, pairsFrom } from './support/arguments.ts';
import { Lab } from './support/lab.ts';
import { asJson, asTable, failed, type Report } from './support/report.ts';
import type { Outcome, Scenario } from './support/scenario.ts';

const scenarios: Record<string, Scenario> = { dialogs, group, idle, login, offline };
const name = process.argv[2] ?? '';
const scenario = scenarios[name];

if (scenario) {
  process.exit(await bench(scenario));
} else {
  process.stderr.write(usage());
  process.exit(2);
}

async function bench(scenario: Scenario): Promise<number> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      database: { type: 'string', default: 'postgres' },
      client: { type: 'string', default: 'raw' },
      url: { type: 'string' },
      nodes: { type: 'string', default: '1' },
      rounds: { type: 'string', default: scenario.compared ? '2' : '1' },
      only: { type: 'string' },
      env: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      ...Object.fromEntries(
        Object.keys(scenario.options).map((option) => [flagName(option), { type: 'string' as const }]),
      ),
    },
  });
  const options = numbersFrom(values, scenario.options);
  const { rounds } = numbersFrom(values, { rounds: 1 });
  const setting = {
    database: choice(values.database, ['postgres', 'pglite']),
    client: choice(values.client, ['raw', 'sdk']),
    url: values.url,
    nodes: Number(choice(values.nodes, ['1', '2', '3'])),
  };
  const several = setting.nodes > 1;
  if (several && (setting.url || setting.database !== 'postgres'))
    fail('several nodes are started here, on PostgreSQL: not with --url or --database pglite');
  const [load] = loadavg();
  if (load! > availableParallelism() / 4) {
    process.stderr.write(
      `this machine is busy already (load ${load!.toFixed(1)}): expect worse and uneven numbers\n`,
    );
  }
  const lab = await Lab.open({ ...setting, env: pairsFrom(values.env) });
  const compared = scenario.compared && lab.canCompare;
  const all = compared ? (['parlour', 'reference'] as const) : (['parlour'] as const);
  const subjects = all.filter((subject) => !values.only || subject === values.only);
  const title = scenario.title(options) + (several ? `, ${setting.nodes} nodes` : '');
  const report: Report = { scenario: name, title, setting, options, rounds: {} };

  // Interleaved, so that whatever else this machine does meanwhile falls on both.
  for (const subject of subjects) report.rounds[subject] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const subject of subjects) {
      process.stderr.write(`round ${round} of ${rounds}: ${subject}\n`);
      report.rounds[subject]!.push(await runOnce(lab, subject, scenario, options));
    }
  }
  await lab.close();
  process.stdout.write(asTable(report));
  if (values.json) process.stdout.write(`${asJson(report)}\n`);
  return failed(report) ? 1 : 0;
}

async function runOnce(
  lab: Lab,
  subject: 'parlour' | 'reference',
  scenario: Scenario,
  options: Record<string, number>,
): Promise<Outcome> {
  const target = await lab.start(subject);
  try {
    return await scenario.run(target, options);
  } catch (error) {
    process.stderr.write(`${subject} printed:\n${target.log()}\n`);
    throw error;
  } finally {
    await target.stop();
  }
}

function usage(): string {
  const lines = Object.entries(scenarios).map(([name, { options }]) => {
    const flags = Object.entries(options).map(([option, value]) => `--${flagName(option)} ${value}`);
    return `  ${name.padEnd(8)} ${flags.join(' ')}\n`;
  });
  return `npm run bench -- <scenario> [options]

${lines.join('')}
  all      --rounds 2 --nodes 1|2|3 --database postgres|pglite --client raw|sdk --only parlour|reference
           --url http://… (a running server) --env NAME=value (more environment for Parlour) --json\n`;
}

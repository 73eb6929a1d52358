import { parseArgs } from 'node:util';
import { LinePrinter } from '../cluster/line-printer.ts';
import { quietSdk } from './client/quiet-sdk.ts';
import type { Fault } from './faults/fault.ts';
import { FAULTS } from './faults/faults.ts';
import { isGood, reportOf } from './report.ts';
import { runChaos } from './run.ts';
import { FULL, SHORT } from './sizes.ts';

const USAGE = `npm run chaos -- [options]

  --seed 1             the same seed makes the same choices (not the same timing); any text
  --nodes 3
  --faults a,b,c       of ${FAULTS.map(({ name }) => name).join(', ')}; all of them, in this order, without it
  --rounds 1           how often all of that
  --seconds 10         of chatting before each fault
  --short              small and quick, as CI runs it
  --output             prints what the nodes print, too
  --help
`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      nodes: { type: 'string' },
      faults: { type: 'string' },
      rounds: { type: 'string', default: '1' },
      seconds: { type: 'string' },
      short: { type: 'boolean', default: false },
      output: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const profile = values.short ? SHORT : FULL;
  const faults = values.faults === undefined ? FAULTS : values.faults.split(',').map(faultNamed);
  const rounds = numberFrom('--rounds', values.rounds, 1);
  return {
    ...profile,
    seed: values.seed,
    help: values.help,
    output: values.output,
    nodes: numberFrom('--nodes', values.nodes, profile.nodes),
    seconds: numberFrom('--seconds', values.seconds, profile.seconds),
    faults: Array.from({ length: rounds }, () => faults).flat(),
  };
}

function faultNamed(name: string): Fault {
  const fault = FAULTS.find((each) => each.name === name);
  if (fault === undefined) throw new Error(`no fault is called "${name}"`);
  return fault;
}

function numberFrom(what: string, text: string | undefined, standard: number): number {
  const value = Number(text ?? standard);
  if (!Number.isFinite(value) || value <= 0)
    throw new Error(`${what} must be a number above 0, not "${text}"`);
  return value;
}

async function main(): Promise<number> {
  const { help, output, ...options } = readArguments();
  const print = (text: string): void => void process.stdout.write(text);
  if (help) {
    print(USAGE);
    return 0;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
  quietSdk();
  const printer = new LinePrinter((line) => output && print(`${line}\n`));
  const rows = await runChaos({
    ...options,
    onProgress: (line) => print(`${line}\n`),
    onOutput: (name, text) => printer.print(name, text),
  });
  print(`\n${reportOf(rows)}`);
  return isGood(rows) ? 0 : 1;
}

const code = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
process.exit(code);

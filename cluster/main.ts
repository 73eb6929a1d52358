import { parseArgs } from 'node:util';
import { type Cluster, MAX_NODES, startCluster } from './cluster.ts';
import { LinePrinter } from './line-printer.ts';
import { overview } from './overview.ts';

const USAGE = `npm run cluster -- [nodes] [options]

  nodes                how many, 1 to ${MAX_NODES}; 3 without it
  --port 2567          the balancer's port; also PORT in the environment
  --node-port 3001     the first node's port, the others follow; free ones without it
  --data DIR           keeps everything in this folder; without it nothing stays
                       (as root: one that the user postgres can reach)
  --lease 10000        LEASE_MS of the nodes: after how long a silent node counts as dead
  --env NAME=value     more environment for every node; as often as wanted
  --help
`;

const DEFAULT_PORT = '2567';
const MAX_PORT = 65_535;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: process.env.PORT || DEFAULT_PORT },
      'node-port': { type: 'string' },
      data: { type: 'string' },
      lease: { type: 'string' },
      env: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (positionals.length > 1) throw new Error(`one number of nodes, please, not "${positionals.join(' ')}"`);
  const nodePort = values['node-port'];
  return {
    help: values.help,
    nodes: wholeNumber('the number of nodes', positionals[0] ?? '3', 1, MAX_NODES),
    port: wholeNumber('--port', values.port, 0, MAX_PORT),
    firstNodePort:
      nodePort === undefined ? undefined : wholeNumber('--node-port', nodePort, 1, MAX_PORT - MAX_NODES),
    dataDir: values.data,
    leaseMs: values.lease === undefined ? undefined : wholeNumber('--lease', values.lease, 1_000, 600_000),
    env: Object.fromEntries(values.env.map(assignment)),
  };
}

function wholeNumber(what: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new Error(`${what} must be a whole number from ${min} to ${max}, not "${text}"`);
  return value;
}

function assignment(text: string): [string, string] {
  const [name = '', ...rest] = text.split('=');
  if (name === '' || rest.length === 0) throw new Error(`--env must be NAME=value, not "${text}"`);
  return [name, rest.join('=')];
}

async function main(): Promise<void> {
  const { help, ...options } = readArguments();
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  let cluster: Cluster | undefined;
  let stopping = false;
  const stop = (signal: string): void => {
    // While it starts, and the second time: the guards of the processes take everything away.
    if (cluster === undefined || stopping) process.exit(1);
    stopping = true;
    process.stdout.write(`${signal}: stopping all (once more to stop at once)\n`);
    cluster.stop().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

  const printer = new LinePrinter((line) => process.stdout.write(`${line}\n`));
  cluster = await startCluster({ ...options, onOutput: (name, text) => printer.print(name, text) });
  process.stdout.write(overview(cluster, options.dataDir));
  const { nodes, nats } = cluster;
  process.on('SIGUSR2', () => {
    void startAgain(nodes, nats).catch((error: Error) => printer.print('cluster', `${error.message}\n`));
  });
}

/** Asked for with a signal only: what was killed on purpose must stay dead until then. */
async function startAgain(nodes: Cluster['nodes'], nats: Cluster['nats']): Promise<void> {
  if (!nats.running) await nats.restart();
  await Promise.all(nodes.filter((node) => !node.running).map((node) => node.start()));
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

await main().catch(fail);

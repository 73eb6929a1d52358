import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { guard } from '../test/support/guard.ts';
import { openLine } from '../test/support/line.ts';
import { type Nats, startNats } from '../test/support/nats.ts';
import { freePort, type Postgres, startPostgres } from '../test/support/postgres.ts';
import { Balancer } from './balancer.ts';
import { Node } from './node.ts';
import { keptSecrets, makeSecrets } from './secrets.ts';

export interface ClusterOptions {
  readonly nodes: number;
  /** The balancer's; a free one without it. */
  readonly port?: number;
  /** The first node's, the next one's is one higher; free ones without it. */
  readonly firstNodePort?: number;
  readonly leaseMs?: number;
  /** More environment for every node. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kept, and used again by the next cluster; without it everything is gone after `stop`. */
  readonly dataDir?: string;
  /** Off makes tests faster; a commit then survives no crash of PostgreSQL. */
  readonly fsync?: boolean;
  /** Gives every node a line of its own to NATS, to be cut and healed. */
  readonly natsLines?: boolean;
  /** What the nodes print, and what happens to them. */
  readonly onOutput?: (name: string, text: string) => void;
}

export interface Cluster {
  /** The balancer's: where clients go. */
  readonly url: string;
  readonly balancer: Balancer;
  /** All that were ever started, the stopped ones too. */
  readonly nodes: readonly Node[];
  readonly nats: Nats;
  readonly postgres: Postgres;
  /** One more; settles when the balancer sends clients there. */
  addNode(): Promise<Node>;
  stop(): Promise<void>;
}

/** Each node may open DATABASE_POOL connections, 10 by default, and PostgreSQL takes 200. */
export const MAX_NODES = 16;

/** Several servers in processes of their own that are one, with all that they need, on this machine. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const opened = new AsyncDisposableStack();
  try {
    return await start(options, opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function start(options: ClusterOptions, opened: AsyncDisposableStack): Promise<Cluster> {
  const { onOutput = () => {}, fsync } = options;
  const kept = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  const folder = kept ?? (await temporaryFolder(opened));
  // PostgreSQL, which is not root, must get through to its own folder.
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const secrets = kept === undefined ? makeSecrets() : await keptSecrets(kept);

  const postgres = await startPostgres({
    fsync,
    ...(kept && { kept: { directory: join(kept, 'postgres'), password: secrets.postgres } }),
  });
  opened.defer(() => postgres.stop());
  const nats = await startNats({ auth: { token: secrets.nats } });
  opened.defer(() => nats.stop());
  const balancer = await Balancer.open({
    port: options.port,
    onChange: (name, health) => onOutput('balancer', `${name} is ${health}\n`),
  });
  opened.defer(() => balancer.close());

  const nodes: Node[] = [];
  opened.defer(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    for (const node of nodes) node.nats?.close();
  });

  async function prepareNode(): Promise<Node> {
    if (nodes.length === MAX_NODES) throw new Error(`a cluster has at most ${MAX_NODES} nodes`);
    const { firstNodePort: firstPort, leaseMs, env } = options;
    const name = `n${nodes.length + 1}`;
    const port = firstPort === undefined ? await freePort() : firstPort + nodes.length;
    const line = options.natsLines ? await openLine(nats.url) : undefined;
    const node = new Node({
      name,
      port,
      nats: line,
      onOutput,
      env: {
        DATA_DIR: join(folder, name),
        // What is uploaded to one is asked of any.
        MEDIA_URL: join(folder, 'media'),
        DATABASE_URL: postgres.url,
        NATS_URL: line?.url ?? nats.url,
        NODE_ADDRESS: `127.0.0.1:${port}`,
        JWT_SECRET: secrets.jwt,
        PUBLIC_URL: balancer.url,
        // Through this balancer everybody comes from the same address.
        LIMITS: 'off',
        ...(leaseMs !== undefined && { LEASE_MS: String(leaseMs) }),
        ...env,
      },
    });
    nodes.push(node);
    return node;
  }

  async function bringUp(node: Node): Promise<void> {
    await node.start();
    await balancer.add({ name: node.name, host: '127.0.0.1', port: node.port });
  }

  for (let count = 0; count < options.nodes; count++) await prepareNode();
  // All have ended their attempt before one that failed ends the others.
  const attempts = await Promise.allSettled(nodes.map(bringUp));
  for (const attempt of attempts) if (attempt.status === 'rejected') throw attempt.reason;

  let stopped: Promise<void> | undefined;
  return {
    url: balancer.url,
    balancer,
    nodes,
    nats,
    postgres,
    async addNode() {
      const node = await prepareNode();
      await bringUp(node);
      return node;
    },
    stop: () => {
      stopped ??= opened.disposeAsync();
      return stopped;
    },
  };
}

/** Taken away with `stop`, or with this process, however it ends. */
async function temporaryFolder(opened: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parlour-cluster-'));
  const guarding = guard('rm -rf "$1"', folder);
  opened.defer(async () => {
    await rm(folder, { recursive: true, force: true });
    guarding.release();
  });
  return folder;
}

import { LocalDriver, LocalPresence, matchMaker } from '@colyseus/core';
import type { Bus } from './bus/bus.ts';
import { ColyseusLease } from './bus/colyseus/lease.ts';
import { ColyseusDriver } from './bus/colyseus-driver.ts';
import { ColyseusPresence } from './bus/colyseus-presence.ts';
import type { KeyRing } from './chat/key-ring.ts';
import type { Log } from './chat/log.ts';
import type { Config } from './config.ts';
import { type Database, query } from './entities/database.ts';
import type { Nodes } from './http/nodes.ts';
import { StartError } from './start-error.ts';

export interface OpenedMatchmaker {
  readonly nodes: Nodes;
  /** From now on the other nodes send sockets for our rooms to this address (`host:port`); they must understand what it signs, and it them. */
  announce(address: string): Promise<void>;
  /** No node finds this one or its rooms any more, so that others may open them; those who are in them stay. */
  withdraw(): Promise<void>;
  /** Gives up what this node holds in the directory. The rooms must be gone before. */
  close(): Promise<void>;
}

export interface MatchmakerNeeds {
  readonly database: Database;
  readonly bus: Bus;
  readonly keys: KeyRing;
  readonly log: Log;
}

/** Colyseus' matchmaker, which is one per process: by itself on one node, with a common directory on several. */
export async function openMatchmaker(
  { nats, leaseMs, publicAddress }: Config,
  { database, bus, keys, log }: MatchmakerNeeds,
): Promise<OpenedMatchmaker> {
  // A new room opens on the node that was asked.
  const here = async (): Promise<string> => matchMaker.processId;
  const close = async (): Promise<void> => {
    await matchMaker.presence.shutdown();
    await matchMaker.driver.shutdown();
  };
  if (nats === undefined) {
    await matchMaker.setup(new LocalPresence(), new LocalDriver(), publicAddress, here);
    const nothing = async (): Promise<void> => {};
    return { nodes: { find: async () => undefined }, announce: nothing, withdraw: nothing, close };
  }
  const lease = new ColyseusLease({
    database: { query: (sql, params) => query(database.em, sql, params) },
    leaseMs,
    onError: (error) => log.warn({ err: error }, 'renewing the lease of the rooms failed'),
  });
  const driver = new ColyseusDriver(lease);
  await matchMaker.setup(new ColyseusPresence(lease, bus), driver, publicAddress, here);
  return {
    nodes: { find: (processId) => lease.find(processId) },
    async announce(address) {
      const { processId } = matchMaker;
      const [family = '', ...relatives] = fingerprints(keys);
      if (await lease.announce({ processId, address, family, relatives })) return;
      throw new StartError('JWT_SECRET: the nodes that run already have another one');
    },
    async withdraw() {
      await lease.withdraw();
      await driver.cleanup(matchMaker.processId);
    },
    close,
  };
}

/** Tell secrets apart and say nothing about them. The current one first. */
function fingerprints(keys: KeyRing): string[] {
  return keys.derive('parlour nodes', 16).map((each) => each.toString('base64url'));
}

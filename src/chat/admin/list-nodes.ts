import { query } from '../../entities/database.ts';
import type { Chat } from '../chat.ts';
import type { NodeFacts } from '../presence-store.ts';

export interface NodeView extends NodeFacts {
  readonly id: string;
  /** Until its lease ends; below zero it has ended, and nobody has cleared it away yet. */
  readonly leaseSeconds: number;
  /** The one that is asked. */
  readonly answers: boolean;
}

interface NodeRow {
  readonly id: string;
  readonly lease: number;
  readonly facts: NodeFacts | null;
}

/** What the nodes said when they last renewed their leases, a third of a lease ago at the most. */
export async function listNodes(chat: Pick<Chat, 'database' | 'nodeId'>): Promise<NodeView[]> {
  const rows = await query<NodeRow>(
    chat.database.em.fork(),
    `select id, extract(epoch from lease_until - now())::float8 as lease, facts from node
     order by facts->>'startedAt', id`,
    [],
  );
  return rows.map(({ id, lease, facts }) => ({
    ...(facts ?? UNKNOWN),
    id,
    leaseSeconds: Math.round(lease * 10) / 10,
    answers: id === chat.nodeId,
  }));
}

/** Of a node that runs an older version, or that has only just begun. */
const UNKNOWN: NodeFacts = { address: null, startedAt: null, connections: 0, rooms: 0, lagMs: 0 };

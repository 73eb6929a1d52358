import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { listNodes } from '../../chat/admin/list-nodes.ts';
import type { Chat } from '../../chat/chat.ts';
import { type Api, createAdminApi, errors, ok } from './kit.ts';

const nodeSchema = z
  .object({
    id: z.uuid(),
    address: z.string().nullable().meta({ description: 'where the other nodes reach it' }),
    startedAt: z.iso.datetime().nullable(),
    leaseSeconds: z.number().meta({ description: 'until its lease ends; below zero it is dead or hangs' }),
    connections: z.int().meta({ description: 'clients in its rooms' }),
    rooms: z.int(),
    lagMs: z.int().meta({ description: 'how late its timers were at the worst since it renewed its lease' }),
    answers: z.boolean().meta({ description: 'the node that you asked' }),
  })
  .meta({ id: 'Node' });

const listRoute = createRoute({
  method: 'get',
  path: '/nodes',
  summary: 'List the nodes that run, as they last said themselves',
  description: 'A node says it whenever it renews its lease: three times in `LEASE_MS`.',
  tags: ['Admin'],
  responses: {
    ...ok(z.object({ items: z.array(nodeSchema).readonly() }), 'all of them, the oldest first'),
    ...errors('unauthenticated', 'forbidden'),
  },
});

export function nodesApi(chat: Chat): Api {
  return createAdminApi(chat).openapi(listRoute, async (c) => c.json({ items: await listNodes(chat) }, 200));
}

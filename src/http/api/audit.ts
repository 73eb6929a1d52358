import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { readAudit } from '../../chat/admin/read-audit.ts';
import type { Chat } from '../../chat/chat.ts';
import { idInput } from '../../chat/inputs/ids.ts';
import { AUDIT_ACTIONS } from '../../entities/audit-entry.ts';
import { type Api, createAdminApi, decodeCursor, errors, ok, pageBody, pageOf, pageQuery } from './kit.ts';

const person = z.object({ id: z.uuid(), username: z.string().meta({ description: 'as it was then' }) });

const auditEntrySchema = z
  .object({
    id: z.int(),
    at: z.iso.datetime(),
    action: z.enum(AUDIT_ACTIONS),
    admin: person.meta({ description: 'who did it' }),
    user: person.meta({ description: 'to whom' }),
    sessionId: z.uuid().nullable(),
    address: z.string().nullable().meta({ description: 'where the admin asked from' }),
    note: z.string(),
  })
  .meta({ id: 'AuditEntry' });

const position = z.object({ id: z.int() });

const readRoute = createRoute({
  method: 'get',
  path: '/audit',
  summary: 'Read what admins did, the latest first',
  tags: ['Admin'],
  request: { query: pageQuery.extend({ userId: idInput.optional(), adminId: idInput.optional() }) },
  responses: {
    ...ok(pageOf(auditEntrySchema), 'one page'),
    ...errors('bad_request', 'unauthenticated', 'forbidden'),
  },
});

export function auditApi(chat: Chat): Api {
  return createAdminApi(chat).openapi(readRoute, async (c) => {
    const { cursor, ...wanted } = c.req.valid('query');
    const after = decodeCursor(position, cursor);
    return c.json(pageBody(await readAudit(chat, { ...wanted, after })), 200);
  });
}

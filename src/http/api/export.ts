import { createRoute, z } from '@hono/zod-openapi';
import type { Chat } from '../../chat/chat.ts';
import { exportMe } from '../../chat/export/export-me.ts';
import { streamBody } from '../stream-body.ts';
import { type Api, createSignedInApi, errors } from './kit.ts';

const exportRoute = createRoute({
  method: 'get',
  path: '/export',
  summary: 'Everything about you, as a zip',
  description:
    'Profile, sessions, friendships, blocks, conversations with their messages, and what admins did; a README inside ' +
    'says what is where. One at a time: the next begins when this one has been read.',
  tags: ['Me'],
  responses: {
    200: {
      description: 'JSON files; made while it is read, so without a length',
      content: { 'application/zip': { schema: z.string().meta({ format: 'binary' }) } },
    },
    ...errors('unauthenticated', 'conflict', 'busy'),
  },
});

export function exportApi(chat: Chat): Api {
  return createSignedInApi(chat).openapi(exportRoute, async (c) => {
    const body = await streamBody(c, chat.log, exportMe(chat, c.get('caller')));
    return c.body(body, 200, {
      'Content-Type': 'application/zip',
      'Content-Disposition': 'attachment; filename="parlour-export.zip"',
      'Cache-Control': 'no-store',
    });
  });
}

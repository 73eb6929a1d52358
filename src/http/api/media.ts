import type { HttpBindings } from '@hono/node-server';
import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import { authenticate } from '../../chat/authenticate.ts';
import type { Chat } from '../../chat/chat.ts';
import { idInput } from '../../chat/inputs/ids.ts';
import { MEDIA_LINK_STEP_SECONDS } from '../../chat/limits.ts';
import { MEDIA_SIZES } from '../../chat/media/media-links.ts';
import { describeMedia, type Reader, readMedia } from '../../chat/media/read-media.ts';
import type { IncomingFile } from '../../chat/media/upload.ts';
import { uploadAttachment } from '../../chat/media/upload-attachment.ts';
import { FILE_FIELD, readUpload } from '../multipart.ts';
import { sendFile } from '../send-file.ts';
import { attachmentSchema } from './chat-schemas.ts';
import { type Api, bearerToken, createApi, created, errors, limited, ok, signedIn } from './kit.ts';

const tags = ['Media'];
const params = z.object({ id: idInput.meta({ description: "a file's id" }) });

const linkQuery = z
  .object({
    size: z.enum(MEDIA_SIZES).default('full'),
    expires: z.coerce.number().int().positive().optional(),
    signature: z.string().max(100).optional(),
    key: z.string().max(100).optional(),
  })
  .meta({ description: 'as it is in the links' });

/** The file is read by us as it comes: told here by hand, as the description's own check would read it first. */
export const uploadBody = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object' as const,
        required: [FILE_FIELD],
        properties: { [FILE_FIELD]: { type: 'string' as const, format: 'binary' } },
      },
    },
  },
};

const uploadRoute = {
  method: 'post' as const,
  path: '/',
  summary: 'Upload a file, to send it in a message',
  description:
    'One file, in the field `file`. Its type is found out from what it holds; pictures (JPEG, PNG, WebP, GIF, AVIF) ' +
    'are made anew, without what else was in the file. Name the `id` in `attachments` of a message within a day.',
  tags,
  request: { body: uploadBody },
  responses: {
    ...created(attachmentSchema, 'stored; only you see it until it is sent'),
    ...errors('bad_request', 'unauthenticated', 'too_large', 'rate_limited', 'busy', 'unavailable'),
  },
};

const infoRoute = createRoute({
  method: 'get',
  path: '/{id}/info',
  summary: 'What a file is, with links that are good from now on',
  tags,
  request: { params },
  responses: {
    ...ok(attachmentSchema, 'the file'),
    ...errors('bad_request', 'unauthenticated', 'not_found'),
  },
});

const FILE = { 'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } } };

const readRoute = createRoute({
  method: 'get',
  path: '/{id}',
  summary: 'Read a file',
  description:
    'With a token, or by a link from a message or a person. Files are read by members of the conversation that ' +
    'they were sent to; pictures of people by everybody. Knows `Range`, `If-Range` and `If-None-Match`.',
  tags,
  security: [{ bearer: [] as string[] }, {} as Record<string, string[]>],
  request: { params, query: linkQuery },
  responses: {
    200: { description: 'the file', content: FILE },
    206: { description: 'the part that `Range` asked for', content: FILE },
    304: { description: 'you have it' },
    416: { description: '`Range` lies outside the file' },
    ...errors('bad_request', 'unauthenticated', 'not_found'),
  },
});

/** How long a browser may keep what it got by a link; with a token somebody's rights are asked each time. */
const LINK_CACHE_SECONDS = MEDIA_LINK_STEP_SECONDS;

export function mediaApi(chat: Chat): Api {
  const api = createApi();
  api.openAPIRegistry.registerPath(uploadRoute);
  api.post('/', signedIn(chat), limited(chat, 'upload'), async (c) => {
    const file = await incomingFile(c, chat);
    return c.json(await uploadAttachment(chat, c.get('caller').userId, file), 201);
  });
  api.use('/:id/info', signedIn(chat));
  api.openapi(infoRoute, async (c) =>
    c.json(await describeMedia(chat, c.get('caller').userId, c.req.valid('param').id), 200),
  );
  api.openapi(readRoute, async (c) => {
    const { id } = c.req.valid('param');
    const query = c.req.valid('query');
    const reader = await readerOf(chat, query, c.req.header('authorization'));
    const file = await readMedia(chat, reader, { id, size: query.size });
    return sendFile(c, file, 'userId' in reader ? 0 : LINK_CACHE_SECONDS);
  });
  return api;
}

const AVATAR = /^\/api\/v1\/(?:me|conversations\/[^/]+)\/avatar$/;

/** Reads their bodies by themselves: uploads are larger than what anybody else may send. */
export function isUpload(method: string, path: string): boolean {
  return (method === 'POST' && path === '/api/v1/media') || (method === 'PUT' && AVATAR.test(path));
}

export function incomingFile(c: Context, chat: Pick<Chat, 'media'>): Promise<IncomingFile> {
  const { incoming } = c.env as HttpBindings;
  return readUpload(incoming as Parameters<typeof readUpload>[0], chat.media.limits.uploadMs);
}

/** A link counts before a token: it is what the page that shows it was given. */
async function readerOf(
  chat: Chat,
  { size, expires, signature, key }: z.output<typeof linkQuery>,
  authorization: string | undefined,
): Promise<Reader> {
  if (signature !== undefined && expires !== undefined) return { link: { size, expires, signature } };
  if (key !== undefined) return { avatarKey: key };
  const { userId } = await authenticate(chat, bearerToken(authorization));
  return { userId };
}

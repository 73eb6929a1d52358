import type { Context } from 'hono';
import { ChatError } from '../../../chat/errors.ts';
import { idInput } from '../../../chat/inputs/ids.ts';
import { MEDIA_LINK_STEP_SECONDS } from '../../../chat/limits.ts';
import { readAvatar } from '../../../chat/media/read-avatar.ts';
import { type ReadableFile, readMedia } from '../../../chat/media/read-media.ts';
import { sendFile } from '../../send-file.ts';
import type { Face } from './face.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const GROUP_IMAGE = new RegExp(`^(${UUID})\\.webp$`, 'i');
const IMAGE = new RegExp(`^User_(${UUID})\\.webp$`, 'i');
/** The name may hold anything, so what makes it the only one is looked for from its end. */
const FILE = new RegExp(`_(${UUID})(?:\\.[^.]*)?$`, 'i');

/** Pictures and files by the addresses that were shown: whoever was, may read them, without a token. */
export function addFiles({ app, chat, base }: Face): void {
  app.get(`${base}/media/user_images/:name`, (c) => {
    const userId = idIn(IMAGE, c.req.param('name'));
    return send(c, () => readAvatar(chat, { userId, key: c.req.query('key') ?? '' }));
  });
  app.get(`${base}/media/group_images/:name`, (c) => {
    const id = idIn(GROUP_IMAGE, c.req.param('name'));
    return send(c, () => readMedia(chat, { avatarKey: c.req.query('key') ?? '' }, { id, size: 'full' }));
  });
  app.get(`${base}/media/media/files/:name`, (c) => {
    const id = idIn(FILE, c.req.param('name'));
    const link = {
      size: 'full' as const,
      expires: Number(c.req.query('expires')) || 0,
      signature: c.req.query('signature') ?? '',
    };
    return send(c, () => readMedia(chat, { link }, { id, size: 'full' }));
  });
}

async function send(c: Context, read: () => Promise<ReadableFile>): Promise<Response> {
  const file = await read().catch((error) => {
    // A link that has expired leads nowhere; there is nothing to sign in for.
    if (error instanceof ChatError && error.code === 'unauthenticated') throw noSuchFile();
    throw error;
  });
  return sendFile(c, file, MEDIA_LINK_STEP_SECONDS);
}

function idIn(pattern: RegExp, name: string): string {
  const id = idInput.safeParse(pattern.exec(name)?.[1]);
  if (!id.success) throw noSuchFile();
  return id.data;
}

function noSuchFile(): ChatError {
  return new ChatError('not_found', 'Not found.');
}

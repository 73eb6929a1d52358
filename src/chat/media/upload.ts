import { randomUUID } from 'node:crypto';
import { type EntityManager, query } from '../../entities/database.ts';
import { Media, type MediaKind } from '../../entities/media.ts';
import type { User } from '../../entities/user.ts';
import type { Chat } from '../chat.ts';
import { lockUser } from '../credentials.ts';
import { ChatError } from '../errors.ts';
import { MAX_FILES_OF_PERSON, MAX_UPLOADS_AT_ONCE } from '../limits.ts';
import { release, thumbOf } from './media-cleaner.ts';
import { type MediaLimits, uploadSeconds } from './media-core.ts';
import { Spooled } from './spool.ts';

/** A file on its way to us; `bytes` fails if it does not arrive whole. */
export interface IncomingFile {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** What became of it: what the row says, and what is on the disk for the store. */
export interface Prepared {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly hash: string;
  readonly path: string;
  readonly image: { readonly width: number; readonly height: number; readonly thumbSize: number } | null;
}

export interface Upload<Result> {
  readonly ownerId: string;
  readonly kind: MediaKind;
  /** Brings the bytes in and finds out what they are. */
  readonly prepare: (spooled: Spooled) => Promise<Prepared>;
  /** In the transaction that makes it somebody's, whose row is locked. */
  readonly keep: (em: EntityManager, owner: User, media: Media) => Promise<Result>;
}

export type UploadNeeds = Pick<Chat, 'database' | 'media' | 'log'>;

/** A disk that is full, broken or not ours. */
const DISK_PROBLEMS = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE']);

/**
 * A row first, then the bytes, then the row says that they are there. Whatever breaks in between, the process
 * itself included, the row tells the sweep what to take away.
 */
export function upload<Result>(chat: UploadNeeds, steps: Upload<Result>): Promise<Result> {
  const { database, media, log } = chat;
  return media.gate.pass(async () => {
    const id = randomUUID();
    const deadline = Date.now() + uploadSeconds(media.limits) * 1_000;
    await database.em.fork().transactional((em) => begin(em, id, steps, media.limits));
    const spooled = new Spooled(media.store.spool, id);
    try {
      const prepared = await steps.prepare(spooled);
      // What took longer than that may have been swept: nothing is stored that has no row.
      if (Date.now() > deadline) throw new ChatError('busy', 'the server was too slow; try again soon');
      await media.store.put(id, prepared.path);
      if (prepared.image) await media.store.put(thumbOf(id), spooled.thumb);
      return await database.em.fork().transactional((em) => finish(em, id, steps, prepared, media.limits));
    } catch (error) {
      media.cleaner.removeSoon(await release(database.em.fork(), [id]).catch(() => []));
      if (!DISK_PROBLEMS.has(String((error as NodeJS.ErrnoException).code))) throw error;
      log.error({ err: error }, 'a file could not be stored');
      throw new ChatError('unavailable', 'files cannot be stored now; try again later');
    } finally {
      await spooled.remove().catch((error) => log.warn({ err: error }, 'the spool could not be cleared'));
    }
  });
}

async function begin(
  em: EntityManager,
  id: string,
  { ownerId, kind }: Pick<Upload<unknown>, 'ownerId' | 'kind'>,
  limits: MediaLimits,
): Promise<void> {
  await lockOwner(em, ownerId);
  const { uploading } = await requireRoom(em, ownerId, 1, limits);
  if (uploading >= MAX_UPLOADS_AT_ONCE) {
    throw new ChatError('rate_limited', `you may upload ${MAX_UPLOADS_AT_ONCE} files at once`);
  }
  const nothing = { name: '', type: '', bytes: 0, size: 0, hash: '', width: null, height: null };
  const row = { id, ownerId, kind, state: 'uploading', hasThumb: false, conversationId: null } as const;
  em.persist(em.create(Media, { ...row, ...nothing }));
}

async function finish<Result>(
  em: EntityManager,
  id: string,
  { ownerId, keep }: Upload<Result>,
  { name, type, size, hash, image }: Prepared,
  limits: MediaLimits,
): Promise<Result> {
  const owner = await lockOwner(em, ownerId);
  const bytes = size + (image?.thumbSize ?? 0);
  await requireRoom(em, ownerId, bytes, limits);
  const media = await em.findOne(Media, { id, state: 'uploading' });
  if (!media) throw new ChatError('unavailable', 'the upload took too long; try again');
  const dimensions = { width: image?.width ?? null, height: image?.height ?? null };
  em.assign(media, { name, type, size, hash, bytes, ...dimensions, hasThumb: image !== null });
  media.state = 'loose';
  media.changedAt = new Date();
  return keep(em, owner, media);
}

async function lockOwner(em: EntityManager, ownerId: string): Promise<User> {
  const owner = await lockUser(em, ownerId);
  if (owner.deleted) throw new ChatError('unauthenticated', 'sign in first');
  return owner;
}

/** Asked with the person's row locked, so two uploads cannot both take the last room. */
async function requireRoom(
  em: EntityManager,
  ownerId: string,
  bytes: number,
  limits: MediaLimits,
): Promise<{ uploading: number }> {
  const [used] = await query<{ uploading: number; files: number; bytes: number }>(
    em,
    `select count(*)::int as files, coalesce(sum(bytes), 0)::float8 as bytes, (count(*) filter (
       where state = 'uploading' and changed_at > clock_timestamp() - interval '1 s' * $2::float8))::int as uploading
     from media where owner_id = $1 and state <> 'removed'`,
    [ownerId, uploadSeconds(limits)],
  );
  if (used!.bytes + bytes > limits.quotaBytes) {
    throw new ChatError('too_large', `your files may have ${limits.quotaBytes} bytes together`);
  }
  if (used!.files > MAX_FILES_OF_PERSON) {
    throw new ChatError('too_large', `you may have ${MAX_FILES_OF_PERSON} files`);
  }
  return { uploading: used!.uploading };
}

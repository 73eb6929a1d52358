import { timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Conversation } from '../../entities/conversation.ts';
import type { EntityManager } from '../../entities/database.ts';
import { Media } from '../../entities/media.ts';
import { User } from '../../entities/user.ts';
import { findMembership } from '../change-conversation.ts';
import type { Chat } from '../chat.ts';
import { ChatError } from '../errors.ts';
import type { AttachmentView } from '../events.ts';
import { isImageType } from './images.ts';
import { thumbOf } from './media-cleaner.ts';
import type { MediaSize, SignedLink } from './media-links.ts';
import type { ByteRange } from './media-store.ts';
import { attachmentOf } from './media-view.ts';

/** By which right somebody reads: as who they are, by a link that they were given, or by an avatar's key. */
export type Reader =
  | { readonly userId: string }
  | { readonly link: SignedLink }
  | { readonly avatarKey: string };

export interface ReadMedia {
  readonly id: string;
  readonly size: MediaSize;
}

/** A file that may be read. It never changes: whatever is new has a new id. */
export interface ReadableFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly hash: string;
  /** Made by us, so a browser may show it by itself. Anything else is for saving. */
  readonly isPicture: boolean;
  open(range?: ByteRange): Promise<Readable>;
}

/** What one may not read does not exist. Who is a member is asked each time, when it is read by a session. */
export async function readMedia(
  chat: Pick<Chat, 'database' | 'media' | 'links' | 'log'>,
  reader: Reader,
  { id, size }: ReadMedia,
): Promise<ReadableFile> {
  const { database, links, media: core, log } = chat;
  if ('link' in reader && (reader.link.size !== size || !links.verify(id, reader.link))) throw badLink();
  const em = database.em.fork();
  const media = await em.findOne(Media, id);
  if ('avatarKey' in reader && !(await isKeyOf(em, media, reader.avatarKey))) throw badLink();
  if (!media?.isReadable() || ('userId' in reader && !(await mayRead(em, media, reader.userId)))) {
    throw noSuchFile();
  }
  const thumb = size === 'thumb';
  if (thumb && !media.hasThumb) throw new ChatError('not_found', 'only pictures have a thumbnail');
  return {
    name: media.name,
    type: thumb ? 'image/webp' : media.type,
    size: thumb ? media.bytes - media.size : media.size,
    hash: thumb ? `${media.hash}-thumb` : media.hash,
    isPicture: isImageType(media.type),
    async open(range) {
      const stream = await core.store.read(thumb ? thumbOf(id) : id, range);
      if (stream) return stream;
      log.error({ mediaId: id }, 'the store has lost a file');
      throw noSuchFile();
    },
  };
}

/** What a file is, with links that are good from now on. */
export async function describeMedia(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  id: string,
): Promise<AttachmentView> {
  const em = chat.database.em.fork();
  const media = await em.findOne(Media, { id, kind: 'attachment' });
  if (!media?.isReadable() || !(await mayRead(em, media, callerId))) throw noSuchFile();
  return chat.links.attachment(attachmentOf(media));
}

async function mayRead(em: EntityManager, media: Media, userId: string): Promise<boolean> {
  if (media.conversationId == null) return media.kind === 'avatar' || media.ownerId === userId;
  return (await findMembership(em, media.conversationId, userId)) !== null;
}

async function isKeyOf(em: EntityManager, media: Media | null, key: string): Promise<boolean> {
  const owner = media && (await shownBy(em, media));
  const [wanted, given] = [Buffer.from(owner?.avatarKey ?? ''), Buffer.from(key)];
  return wanted.length > 0 && wanted.length === given.length && timingSafeEqual(wanted, given);
}

/** Of a person, or of a group. */
function shownBy(em: EntityManager, { id: avatarId, ownerId, conversationId }: Media) {
  if (conversationId == null) return em.findOne(User, { id: ownerId, avatarId });
  return em.findOne(Conversation, { id: conversationId, avatarId });
}

/** One answer for expired, foreign and made up. */
function badLink(): ChatError {
  return new ChatError('unauthenticated', 'this link has expired or never was ours');
}

function noSuchFile(): ChatError {
  return new ChatError('not_found', 'no such file');
}

import { User } from '../../entities/user.ts';
import { meView } from '../admins.ts';
import type { Chat } from '../chat.ts';
import { lockUser } from '../credentials.ts';
import { ChatError } from '../errors.ts';
import { MAX_AVATAR_BYTES } from '../limits.ts';
import { newToken } from '../tokens.ts';
import type { OwnUserView } from '../views.ts';
import { isImageType } from './images.ts';
import { release } from './media-cleaner.ts';
import { typeOf } from './media-type.ts';
import { measure, receive, type Spooled } from './spool.ts';
import { type IncomingFile, type Prepared, type UploadNeeds, upload } from './upload.ts';

type Needs = UploadNeeds & Pick<Chat, 'admins' | 'userAnnouncer'>;

/** 128 bit: nobody guesses it, and it fits into every URL. */
const KEY_BYTES = 16;

/** The new picture takes the old one's place in one moment; the old one's link ends with it. */
export async function setAvatar(chat: Needs, callerId: string, file: IncomingFile): Promise<OwnUserView> {
  const { view, replaced } = await upload(chat, {
    ownerId: callerId,
    kind: 'avatar',
    prepare: (spooled) => prepareAvatar(chat, file, spooled),
    keep: async (em, owner, media) => {
      const replaced = owner.avatarId ? await release(em, [owner.avatarId]) : [];
      media.state = 'kept';
      owner.avatarId = media.id;
      owner.avatarKey = newAvatarKey();
      return { view: meView(chat, owner), replaced };
    },
  });
  chat.media.cleaner.removeSoon(replaced);
  await chat.userAnnouncer.announce(callerId);
  return view;
}

/** Settles as well when there is none. */
export async function removeAvatar(
  chat: Pick<Chat, 'database' | 'media' | 'userAnnouncer'>,
  callerId: string,
): Promise<void> {
  const removed = await chat.database.em.fork().transactional(async (em) => {
    const { avatarId } = await lockUser(em, callerId);
    await em.nativeUpdate(User, callerId, { avatarId: null, avatarKey: null });
    return avatarId ? release(em, [avatarId]) : [];
  });
  chat.media.cleaner.removeSoon(removed);
  if (removed.length > 0) await chat.userAnnouncer.announce(callerId);
}

export function newAvatarKey(): string {
  return newToken(KEY_BYTES);
}

/** The middle of a picture, made anew. */
export async function prepareAvatar(
  { media }: Pick<Chat, 'media'>,
  file: IncomingFile,
  spooled: Spooled,
): Promise<Prepared> {
  await receive(file.bytes, spooled.raw, Math.min(MAX_AVATAR_BYTES, media.limits.fileBytes));
  const type = await typeOf(spooled.raw);
  if (!isImageType(type))
    throw new ChatError('bad_request', 'a JPEG, PNG, WebP, GIF or AVIF picture, please');
  const files = { from: spooled.raw, to: spooled.made, thumb: spooled.thumb };
  const { extension, width, height, ...made } = await media.images.makeAvatar(files);
  return {
    name: `avatar.${extension}`,
    type: made.type,
    ...(await measure(spooled.made)),
    path: spooled.made,
    image: { width, height, thumbSize: (await measure(spooled.thumb)).size },
  };
}

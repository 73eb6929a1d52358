import { User } from '../../entities/user.ts';
import { ChatError } from '../errors.ts';
import { type ReadableFile, readMedia } from './read-media.ts';

/** Somebody's picture, for wires that name it by the person; by the key that whoever was shown them has. */
export async function readAvatar(
  chat: Parameters<typeof readMedia>[0],
  { userId, key }: { readonly userId: string; readonly key: string },
): Promise<ReadableFile> {
  const user = await chat.database.em.fork().findOne(User, userId);
  if (user?.avatarId == null) throw new ChatError('not_found', 'no such file');
  return readMedia(chat, { avatarKey: key }, { id: user.avatarId, size: 'full' });
}

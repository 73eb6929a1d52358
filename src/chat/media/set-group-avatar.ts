import { Conversation } from '../../entities/conversation.ts';
import type { EntityManager } from '../../entities/database.ts';
import {
  announceAll,
  type Change,
  changeConversation,
  changeLocked,
  type LockedConversation,
  requireMembership,
} from '../change-conversation.ts';
import type { Chat } from '../chat.ts';
import type { ConversationInfo } from '../events.ts';
import { changedInfo, requireToManage } from '../update-conversation.ts';
import { conversationInfo } from '../views.ts';
import { release } from './media-cleaner.ts';
import { newAvatarKey, prepareAvatar } from './set-avatar.ts';
import { type IncomingFile, type UploadNeeds, upload } from './upload.ts';

interface Pictured {
  readonly info: ConversationInfo;
  /** Files of the picture before. */
  readonly replaced: readonly string[];
}

/**
 * A file of whoever sets it, counted as theirs, that belongs to the group and stays there when they go. Their right
 * to it is asked twice: before the bytes come, and when they have come.
 */
export async function setGroupAvatar(
  chat: UploadNeeds & Pick<Chat, 'announcer'>,
  callerId: string,
  { conversationId, open }: { readonly conversationId: string; readonly open: () => Promise<IncomingFile> },
): Promise<ConversationInfo> {
  await requireRight(chat.database.em.fork(), conversationId, callerId);
  const file = await open();
  const { at, outcome } = await upload(chat, {
    ownerId: callerId,
    kind: 'avatar',
    prepare: (spooled) => prepareAvatar(chat, file, spooled),
    keep: (em, _, media) =>
      changeLocked(em, callerId, conversationId, (locked) => {
        media.state = 'kept';
        media.conversationId = conversationId;
        return show(locked, { avatarId: media.id, avatarKey: newAvatarKey() });
      }),
  });
  await announceAll(chat.announcer, at, outcome.events);
  chat.media.cleaner.removeSoon(outcome.result.replaced);
  return outcome.result.info;
}

/** Settles as well when there is none. */
export async function removeGroupAvatar(
  chat: Pick<Chat, 'database' | 'announcer' | 'media'>,
  callerId: string,
  conversationId: string,
): Promise<void> {
  const { replaced } = await changeConversation(chat, callerId, conversationId, (locked) =>
    show(locked, { avatarId: null, avatarKey: null }),
  );
  chat.media.cleaner.removeSoon(replaced);
}

async function requireRight(em: EntityManager, conversationId: string, callerId: string): Promise<void> {
  const caller = await requireMembership(em, conversationId, callerId);
  requireToManage({ conversation: await em.findOneOrFail(Conversation, conversationId), caller });
}

async function show(
  locked: LockedConversation,
  picture: Pick<Conversation, 'avatarId' | 'avatarKey'>,
): Promise<Change<Pictured>> {
  requireToManage(locked);
  const { em, conversation } = locked;
  const { avatarId: before } = conversation;
  if (before == null && picture.avatarId == null)
    return { result: { info: conversationInfo(conversation), replaced: [] }, events: [] };
  const replaced = before == null ? [] : await release(em, [before]);
  Object.assign(conversation, picture);
  const { info, events } = changedInfo(locked);
  return { result: { info, replaced }, events };
}

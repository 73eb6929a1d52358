import type { Conversation } from '../entities/conversation.ts';
import { changeConversation, type LockedConversation } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { ConversationInfo, KeptEvent } from './events.ts';
import type { UpdateConversation } from './inputs/conversations.ts';
import { hintToLobby } from './lobby/log.ts';
import { noteGroup } from './lobby/note-group.ts';
import { requireGroup } from './membership-changes.ts';
import { conversationInfo } from './views.ts';

/** Name, description and visibility of a group, by whoever looks after it. */
export async function updateConversation(
  chat: Pick<Chat, 'database' | 'announcer' | 'bus'>,
  callerId: string,
  input: UpdateConversation & { readonly conversationId: string },
): Promise<ConversationInfo> {
  let isNews = false;
  const info = await changeConversation(chat, callerId, input.conversationId, async (locked) => {
    requireToManage(locked);
    const { em, conversation } = locked;
    const { name, description, visibility } = conversation;
    const before = { name, description, visibility };
    conversation.name = input.name ?? name;
    conversation.description = input.description ?? description;
    conversation.visibility = input.visibility ?? visibility;
    if (!hasChanged(conversation, before)) return { result: conversationInfo(conversation), events: [] };
    const { info, events } = changedInfo(locked);
    isNews = await noteGroup(em, conversation, before);
    return { result: info, events };
  });
  if (isNews) hintToLobby(chat);
  return info;
}

type Told = Pick<Conversation, 'name' | 'description' | 'visibility'>;

function hasChanged(now: Told, before: Told): boolean {
  return (
    now.name !== before.name || now.description !== before.description || now.visibility !== before.visibility
  );
}

export function requireToManage({
  conversation,
  caller,
}: Pick<LockedConversation, 'conversation' | 'caller'>): void {
  requireGroup(conversation);
  if (!caller.managesGroup) throw new ChatError('forbidden', 'owners and admins change a group');
}

/** What it is called or says of itself, who sees it or its picture is new: takes a `rev`, and says so. */
export function changedInfo({ conversation, now }: Pick<LockedConversation, 'conversation' | 'now'>): {
  info: ConversationInfo;
  events: KeptEvent[];
} {
  const rev = conversation.nextRev(now);
  conversation.infoRev = rev;
  const info = conversationInfo(conversation);
  return {
    info,
    events: [{ type: 'conversation', conversationId: conversation.id, rev, conversation: info }],
  };
}

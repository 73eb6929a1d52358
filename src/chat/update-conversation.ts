import { changeConversation, type LockedConversation } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { ConversationInfo, KeptEvent } from './events.ts';
import type { UpdateConversation } from './inputs/conversations.ts';
import { hintToLobby } from './lobby/log.ts';
import { noteGroup } from './lobby/note-group.ts';
import { requireGroup } from './membership-changes.ts';
import { conversationInfo } from './views.ts';

/** Name and visibility of a group, by whoever looks after it. */
export async function updateConversation(
  chat: Pick<Chat, 'database' | 'announcer' | 'bus'>,
  callerId: string,
  input: UpdateConversation & { readonly conversationId: string },
): Promise<ConversationInfo> {
  let isNews = false;
  const info = await changeConversation(chat, callerId, input.conversationId, async (locked) => {
    requireToManage(locked);
    const { em, conversation } = locked;
    const { name = conversation.name, visibility = conversation.visibility } = input;
    if (name === conversation.name && visibility === conversation.visibility) {
      return { result: conversationInfo(conversation), events: [] };
    }
    const before = { name: conversation.name, visibility: conversation.visibility };
    conversation.name = name;
    conversation.visibility = visibility;
    const { info, events } = changedInfo(locked);
    isNews = await noteGroup(em, conversation, before);
    return { result: info, events };
  });
  if (isNews) hintToLobby(chat);
  return info;
}

export function requireToManage({
  conversation,
  caller,
}: Pick<LockedConversation, 'conversation' | 'caller'>): void {
  requireGroup(conversation);
  if (!caller.managesGroup) throw new ChatError('forbidden', 'owners and admins change a group');
}

/** What it is called, who sees it or its picture is new: takes a `rev`, and says so. */
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

import { Message } from '../entities/message.ts';
import { changeConversation, type LockedConversation } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { MessageView } from './events.ts';
import { release } from './media/media-cleaner.ts';
import { messageView } from './views.ts';

export interface EditMessage {
  readonly conversationId: string;
  readonly seq: number;
  readonly text: string;
}

type Needs = Pick<Chat, 'database' | 'announcer' | 'links'>;

/** Only the sender edits a message, and only while it stands. */
export function editMessage(chat: Needs, callerId: string, input: EditMessage): Promise<MessageView> {
  const { conversationId, seq, text } = input;
  return changeConversation(chat, callerId, conversationId, async (locked) => {
    const message = await findStanding(locked, seq);
    if (message.senderId !== callerId) throw new ChatError('forbidden', 'only its sender edits a message');
    message.edit(text, locked.conversation.nextRev(locked.now), locked.now);
    return changed(chat, locked, message);
  });
}

/** The sender deletes a message; in a group its owners and admins do too. Its files go with it. */
export async function deleteMessage(
  chat: Needs & Pick<Chat, 'media'>,
  callerId: string,
  input: { readonly conversationId: string; readonly seq: number },
): Promise<MessageView> {
  let files: string[] = [];
  const view = await changeConversation(chat, callerId, input.conversationId, async (locked) => {
    const message = await findMessage(locked, input.seq);
    const moderates = locked.conversation.kind === 'group' && locked.caller.managesGroup;
    if (message.senderId !== callerId && !moderates) {
      throw new ChatError('forbidden', 'only its sender, or who looks after the group, deletes a message');
    }
    // Deleting twice is what a client does that lost the first answer.
    if (message.deletedAt != null) return { result: viewOf(chat, message), events: [] };
    const attached = message.attachments ?? [];
    files = await release(
      locked.em,
      attached.map(({ id }) => id),
    );
    message.erase(locked.conversation.nextRev(locked.now), locked.now);
    return changed(chat, locked, message);
  });
  chat.media.cleaner.removeSoon(files);
  return view;
}

async function findMessage({ em, conversation }: LockedConversation, seq: number): Promise<Message> {
  const message = await em.findOne(Message, { conversationId: conversation.id, seq });
  if (!message) throw new ChatError('not_found', 'no such message');
  return message;
}

async function findStanding(locked: LockedConversation, seq: number): Promise<Message> {
  const message = await findMessage(locked, seq);
  if (message.deletedAt != null) throw new ChatError('conflict', 'this message was deleted');
  return message;
}

function viewOf({ links }: Pick<Chat, 'links'>, message: Message): MessageView {
  return links.inMessage(messageView(message));
}

function changed(chat: Needs, { conversation }: LockedConversation, message: Message) {
  const view = viewOf(chat, message);
  const { id: conversationId, rev } = conversation;
  return { result: view, events: [{ type: 'changed', conversationId, rev, message: view } as const] };
}

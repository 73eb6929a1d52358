import { Message } from '../entities/message.ts';
import { findMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { MessageView } from './events.ts';
import { messageView } from './views.ts';

/** For wires that name a message by itself, without its conversation. For whoever is not in that, there is none. */
export async function readMessage(
  chat: Pick<Chat, 'database' | 'links'>,
  callerId: string,
  id: number,
): Promise<{ readonly conversationId: string; readonly message: MessageView }> {
  const em = chat.database.em.fork();
  const message = await em.findOne(Message, { id, deletedAt: null });
  if (!message || !(await findMembership(em, message.conversationId, callerId)))
    throw new ChatError('not_found', 'no such message');
  return {
    conversationId: message.conversationId,
    message: chat.links.inMessage(messageView(message)),
  };
}

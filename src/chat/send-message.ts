import type { z } from 'zod';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { sendInput } from './inputs/messages.ts';
import type { SentMessage } from './message-writer.ts';

export type SendMessage = z.output<typeof sendInput> & { readonly conversationId: string };

/** Settles once the message is committed. The writer itself checks who may write. */
export function sendMessage(
  chat: Pick<Chat, 'messages'>,
  callerId: string,
  input: SendMessage,
): Promise<SentMessage> {
  if (input.attachments && input.attachments.length > 0) {
    return Promise.reject(new ChatError('bad_request', 'attachments: no such attachment'));
  }
  return chat.messages.append({
    conversationId: input.conversationId,
    senderId: callerId,
    clientId: input.clientId ?? null,
    text: input.text,
    replyTo: input.replyTo ?? null,
    attachments: [],
  });
}

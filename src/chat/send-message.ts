import type { z } from 'zod';
import type { Chat } from './chat.ts';
import type { sendInput } from './inputs/messages.ts';
import type { SentMessage } from './message-writer.ts';

export type SendMessage = z.output<typeof sendInput> & { readonly conversationId: string };

/** Settles once the message is committed. The writer itself checks who may write, and whose the attachments are. */
export function sendMessage(
  chat: Pick<Chat, 'messages'>,
  callerId: string,
  input: SendMessage,
): Promise<SentMessage> {
  return chat.messages.append({
    conversationId: input.conversationId,
    senderId: callerId,
    clientId: input.clientId ?? null,
    text: input.text,
    replyTo: input.replyTo ?? null,
    attachments: input.attachments,
  });
}

import { z } from 'zod';
import type { Chat } from './chat.ts';
import { parse } from './inputs/parse.ts';
import { cleanText } from './inputs/text.ts';
import { MAX_ATTACHMENTS, MAX_TEXT_LENGTH } from './limits.ts';
import { once } from './media/in-memory.ts';
import { releaseLoose } from './media/media-cleaner.ts';
import type { UploadNeeds } from './media/upload.ts';
import { uploadAttachment } from './media/upload-attachment.ts';
import type { SentMessage } from './message-writer.ts';

/** One that came with the message itself, in memory. */
export interface FileInHand {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface SendWithFiles {
  readonly conversationId: string;
  readonly text: string;
  readonly files: readonly FileInHand[];
}

const input = z
  .object({
    text: cleanText(MAX_TEXT_LENGTH),
    files: z.array(z.custom<FileInHand>()).max(MAX_ATTACHMENTS),
  })
  .refine(({ text, files }) => text !== '' || files.length > 0, 'a message has a text, files or both');

/** For wires without uploads of their own. All or nothing: of a message that is refused no file stays. */
export async function sendWithFiles(
  chat: UploadNeeds & Pick<Chat, 'links' | 'messages'>,
  callerId: string,
  { conversationId, ...given }: SendWithFiles,
): Promise<SentMessage> {
  const { text, files } = parse(input, given);
  const attachments: string[] = [];
  try {
    for (const { name, bytes } of files) {
      const stored = await uploadAttachment(chat, callerId, { name, bytes: once(bytes) });
      attachments.push(stored.id);
    }
    const message = { conversationId, senderId: callerId, clientId: null, replyTo: null };
    return await chat.messages.append({ ...message, text, attachments });
  } catch (error) {
    // What cannot be taken away now goes with the sweep.
    chat.media.cleaner.removeSoon(
      await releaseLoose(chat.database.em.fork(), callerId, attachments).catch(() => []),
    );
    throw error;
  }
}

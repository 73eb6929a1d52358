import { z } from 'zod';
import { DEFAULT_PAGE, MAX_ATTACHMENTS, MAX_CLIENT_ID_LENGTH, MAX_PAGE, MAX_TEXT_LENGTH } from '../limits.ts';
import { cleanText } from './text.ts';

/** PostgreSQL's `int`: what a `seq` or a `rev` can be at the most. */
export const MAX_POSITION = 2_147_483_647;

export const seqInput = z.int().min(1).max(MAX_POSITION);
export const positionInput = z.int().min(0).max(MAX_POSITION);
export const clientIdInput = cleanText(MAX_CLIENT_ID_LENGTH, 1);
export const textInput = cleanText(MAX_TEXT_LENGTH, 1);
export const limitInput = z.int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE);

/** `clientId` makes sending again safe: the sender chooses it, once per message. */
export const sendInput = z
  .object({
    clientId: clientIdInput.nullish(),
    text: cleanText(MAX_TEXT_LENGTH).default('').meta({ description: 'may be empty beside attachments' }),
    replyTo: seqInput.nullish(),
    attachments: z
      .array(z.uuid().toLowerCase())
      .max(MAX_ATTACHMENTS)
      .refine((ids) => new Set(ids).size === ids.length, 'names one file twice')
      .default([])
      .meta({ description: 'ids of files that you have uploaded, each good for one message' }),
  })
  .refine(({ text, attachments }) => text !== '' || attachments.length > 0, {
    path: ['text'],
    message: 'a message has a text, attachments or both',
  });

export const editInput = z.object({ seq: seqInput, text: textInput });
export const deleteInput = z.object({ seq: seqInput });
export const typingInput = z.object({ on: z.boolean() });
export const markInput = z.object({ seq: positionInput });
export const changesInput = z.object({ since: positionInput });

/** At most one of the two; without either, the newest page. */
export const historyInput = z
  .object({ before: seqInput.optional(), after: positionInput.optional(), limit: limitInput })
  .refine(
    (input) => input.before === undefined || input.after === undefined,
    'give before or after, not both',
  );

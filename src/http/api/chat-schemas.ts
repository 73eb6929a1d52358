import { z } from 'zod';
import { idInput } from '../../chat/inputs/ids.ts';
import { positionInput, seqInput } from '../../chat/inputs/messages.ts';
import { CONVERSATION_KINDS, VISIBILITIES } from '../../entities/conversation.ts';
import { ROLES } from '../../entities/membership.ts';
import { userSchema } from './schemas.ts';

// How conversations and what is in them look on the wire.

export const conversationId = idInput.meta({ description: "a conversation's id" });
export const idParams = z.object({ id: conversationId });

/** As they are written in a path or a query. The description cannot see through the pipe, so it is told. */
export const seqText = z.coerce.number().pipe(seqInput).meta({ type: 'integer', minimum: 1 });
export const positionText = z.coerce.number().pipe(positionInput).meta({ type: 'integer', minimum: 0 });

/** `nullable()` on a schema that has a name of its own would be described as a thing that can never be null. */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()]);
}

export const attachmentSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    type: z.string().meta({ description: 'by what the file holds', example: 'image/jpeg' }),
    size: z.int().meta({ description: 'bytes' }),
    width: z.int().nullable().meta({ description: 'of images' }),
    height: z.int().nullable().meta({ description: 'of images' }),
    url: z.string().meta({
      description:
        'relative to this server; opens the file without a token for 12 to 24 hours, then `GET /media/{id}/info` ' +
        'has a new one',
    }),
    thumbUrl: z.string().nullable().meta({ description: 'of images: a WebP of at most 320 × 320 pixels' }),
  })
  .meta({ id: 'Attachment' });

export const messageSchema = z
  .object({
    id: z.int().meta({ description: 'unique over all conversations' }),
    seq: z.int().meta({ description: 'place in the conversation: 1, 2, 3, … without gaps' }),
    rev: z.int().meta({ description: 'position of its last change' }),
    senderId: z.uuid(),
    clientId: z.string().nullable(),
    text: z.string().meta({ description: 'empty once deleted' }),
    attachments: z.array(attachmentSchema).readonly(),
    replyTo: z.int().nullable().meta({ description: '`seq` of the message that it answers' }),
    sentAt: z.iso.datetime(),
    editedAt: z.iso.datetime().nullable(),
    deletedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Message' });

export const markSchema = z
  .object({ userId: z.uuid(), deliveredSeq: z.int(), readSeq: z.int() })
  .meta({ id: 'Mark' });

export const memberSchema = z
  .object({
    ...markSchema.shape,
    username: z.string(),
    displayName: z.string(),
    role: z.enum(ROLES),
    joinedAt: z.iso.datetime(),
    left: z.boolean().meta({ description: 'no longer a member' }),
  })
  .meta({ id: 'Member' });

export const conversationInfoSchema = z
  .object({
    id: z.uuid(),
    number: z.int().meta({ description: 'a small integer, unique too' }),
    kind: z.enum(CONVERSATION_KINDS),
    name: z.string().meta({ description: 'empty for a dialog' }),
    description: z.string().meta({ description: 'what a group is about; empty for a dialog' }),
    visibility: z.enum(VISIBILITIES),
    avatar: z.string().nullable().meta({
      description: 'picture of a group, relative to this server; `&size=thumb` makes it smaller',
    }),
  })
  .meta({ id: 'ConversationInfo' });

export const conversationSchema = z
  .object({
    ...conversationInfoSchema.shape,
    peer: orNull(userSchema).meta({ description: 'the other person of a dialog' }),
    role: z.enum(ROLES).meta({ description: 'yours' }),
    muted: z.boolean(),
    memberCount: z.int(),
    lastSeq: z.int(),
    rev: z.int().meta({ description: 'position of this picture, for `changes`' }),
    lastMessage: orNull(messageSchema),
    unreadCount: z.int().meta({ description: 'messages of others after your read mark' }),
    deliveredSeq: z.int().meta({ description: 'your mark' }),
    readSeq: z.int().meta({ description: 'your mark' }),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'Conversation' });

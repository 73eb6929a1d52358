import { defineEntity, p } from '@mikro-orm/core';
import type { StoredAttachment } from './message.ts';

const UnsentMessageSchema = defineEntity({
  name: 'UnsentMessage',
  tableName: 'unsent_message',
  view: true,
  expression:
    'select m.*, ms.user_id from membership ms join message m on m.conversation_id = ms.conversation_id' +
    ' and m.seq > ms.delivered_seq and m.sender_id <> ms.user_id' +
    ' where ms.left_at is null and m.deleted_at is null',
  properties: {
    userId: p.uuid().primary(),
    id: p.bigint('number').primary(),
    conversationId: p.uuid(),
    seq: p.integer(),
    senderId: p.uuid(),
    clientId: p.text().nullable(),
    text: p.text(),
    attachments: p.json<readonly StoredAttachment[]>().nullable(),
    replyTo: p.integer().nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
    editedAt: p.datetime().columnType('timestamptz').nullable(),
    deletedAt: p.datetime().columnType('timestamptz').nullable(),
    rev: p.integer(),
  },
});

/** A message that waits for `userId`: a view, so moving the delivered mark is all it takes to empty it. */
export class UnsentMessage extends UnsentMessageSchema.class {}
UnsentMessageSchema.setClass(UnsentMessage);

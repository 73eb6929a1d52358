import { defineEntity, p } from '@mikro-orm/core';

/** What a message says of a file that it carries. The file itself is `media`. */
export interface StoredAttachment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** Of images only. */
  readonly width: number | null;
  readonly height: number | null;
}

const MessageSchema = defineEntity({
  name: 'Message',
  tableName: 'message',
  properties: {
    conversationId: p.uuid().primary(),
    seq: p.integer().primary(),
    /** Below 2^53, for wires that need an integer that is unique over all conversations. */
    id: p.bigint('number').autoincrement().unique(),
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

/** One message. Written by the message writer only; edited and deleted here. */
export class Message extends MessageSchema.class {
  edit(text: string, rev: number, now: Date): void {
    this.text = text;
    this.editedAt = now;
    this.rev = rev;
  }

  /** Leaves a tombstone: the `seq` stays taken and the text is really gone. */
  erase(rev: number, now: Date): void {
    this.text = '';
    this.attachments = null;
    this.deletedAt = now;
    this.rev = rev;
  }
}
MessageSchema.setClass(Message);

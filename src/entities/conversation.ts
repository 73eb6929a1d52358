import { defineEntity, p } from '@mikro-orm/core';

export const CONVERSATION_KINDS = ['dialog', 'group'] as const;
export type ConversationKind = (typeof CONVERSATION_KINDS)[number];

export const VISIBILITIES = ['private', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

const ConversationSchema = defineEntity({
  name: 'Conversation',
  tableName: 'conversation',
  properties: {
    id: p.uuid().primary(),
    number: p.integer().autoincrement().unique(),
    kind: p.enum(CONVERSATION_KINDS),
    /** Empty for a dialog: each side sees the other's name. */
    name: p.text().default(''),
    /** Of a group: what it is about. */
    description: p.text().default(''),
    visibility: p.enum(VISIBILITIES).default('private'),
    /** Of a group; with a key that opens the picture to whoever was shown the group. */
    avatarId: p.uuid().nullable(),
    avatarKey: p.text().nullable(),
    /** Both user ids in order; unique, so a dialog exists once whoever starts it. */
    dialogKey: p.text().nullable().unique(),
    lastSeq: p.integer().default(0),
    rev: p.integer().default(0),
    /** `rev` of the last change of name, description, visibility or picture. */
    infoRev: p.integer().default(0),
    /** `rev` of the last change of who is a member: a cached member list is good while this stands. */
    membersRev: p.integer().default(0),
    memberCount: p.integer().default(0),
    createdAt: p
      .datetime()
      .columnType('timestamptz')
      .onCreate(() => new Date()),
    changedAt: p.datetime().columnType('timestamptz'),
    /** Since when a public group has been closed: nobody is in it, and nobody can come. */
    closedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});

/**
 * A dialog or a group. Every change takes the next `rev` while this row is locked, so `rev` has no gaps
 * and its order is the order of commits.
 */
export class Conversation extends ConversationSchema.class {
  /** `now` is the database's: other nodes look for what changed by its clock. */
  nextRev(now: Date): number {
    this.changedAt = now;
    this.rev += 1;
    return this.rev;
  }
}
ConversationSchema.setClass(Conversation);

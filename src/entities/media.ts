import { defineEntity, p } from '@mikro-orm/core';

export const MEDIA_KINDS = ['attachment', 'avatar'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** `loose` is stored and belongs to nothing yet; `removed` waits for its files to be gone. */
export const MEDIA_STATES = ['uploading', 'loose', 'kept', 'removed'] as const;
export type MediaState = (typeof MEDIA_STATES)[number];

const MediaSchema = defineEntity({
  name: 'Media',
  tableName: 'media',
  properties: {
    id: p.uuid().primary(),
    ownerId: p.uuid(),
    kind: p.enum(MEDIA_KINDS),
    state: p.enum(MEDIA_STATES),
    name: p.text(),
    type: p.text(),
    /** What a person's quota counts: the file and its thumbnail. */
    bytes: p.integer(),
    size: p.integer(),
    /** SHA-256 of the file as it is stored. */
    hash: p.text(),
    width: p.integer().nullable(),
    height: p.integer().nullable(),
    hasThumb: p.boolean(),
    /** Whose members may read it: `append_messages` says so of what comes with a message; or its picture. */
    conversationId: p.uuid().nullable(),
    createdAt: p
      .datetime()
      .columnType('timestamptz')
      .onCreate(() => new Date()),
    /** When it came into its state. */
    changedAt: p
      .datetime()
      .columnType('timestamptz')
      .onCreate(() => new Date()),
  },
});

/**
 * A file of somebody's, and where it stands. The row is there before the first byte and until after the last
 * one, so no file is ever without a row and nobody has to search the store for what was left behind.
 */
export class Media extends MediaSchema.class {
  isReadable(): boolean {
    return this.state === 'loose' || this.state === 'kept';
  }
}
MediaSchema.setClass(Media);

import { defineEntity, p } from '@mikro-orm/core';

const BlockSchema = defineEntity({
  name: 'Block',
  tableName: 'block',
  properties: {
    blockerId: p.uuid().primary(),
    blockedId: p.uuid().primary(),
    createdAt: p
      .datetime()
      .columnType('timestamptz')
      .onCreate(() => new Date()),
  },
});

/** One direction: the blocker does not want to hear from the blocked. */
export class Block extends BlockSchema.class {}
BlockSchema.setClass(Block);

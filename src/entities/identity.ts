import { defineEntity, p } from '@mikro-orm/core';

const IdentitySchema = defineEntity({
  name: 'Identity',
  tableName: 'identity',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    /** Together with `subject` it names one account for ever, whatever becomes of addresses and names. */
    issuer: p.text(),
    subject: p.text(),
    createdAt: p.datetime().columnType('timestamptz'),
    lastUsedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});

/** An account at an OpenID provider that lets its owner into an account here. */
export class Identity extends IdentitySchema.class {}
IdentitySchema.setClass(Identity);

import { defineEntity, p } from '@mikro-orm/core';

const ProvenIdentitySchema = defineEntity({
  name: 'ProvenIdentity',
  tableName: 'proven_identity',
  properties: {
    /** SHA-256 of the code that the client was sent back with. */
    hash: p.text().primary(),
    codeChallenge: p.text(),
    issuer: p.text(),
    subject: p.text(),
    /** Only if the provider says that it is theirs. */
    verifiedEmail: p.text().nullable(),
    username: p.text().nullable(),
    displayName: p.text().nullable(),
    expiresAt: p.datetime().columnType('timestamptz'),
  },
});

/** Somebody that the provider vouches for and that waits to be signed in or linked. */
export class ProvenIdentity extends ProvenIdentitySchema.class {}
ProvenIdentitySchema.setClass(ProvenIdentity);

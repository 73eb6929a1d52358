import { defineEntity, p } from '@mikro-orm/core';

const OidcVisitSchema = defineEntity({
  name: 'OidcVisit',
  tableName: 'oidc_visit',
  properties: {
    /** SHA-256 of the `state` that the provider hands back. */
    stateHash: p.text().primary(),
    /** SHA-256 of what the browser keeps: it must be the same one that comes back. */
    browserHash: p.text().hidden(),
    /** What the provider's answer is checked with; sealed. */
    memory: p.text().hidden(),
    returnTo: p.text(),
    /** Of whoever began: only they can use what comes of it. */
    codeChallenge: p.text(),
    expiresAt: p.datetime().columnType('timestamptz'),
  },
});

/** A browser that we sent to the provider, and that comes back once, to whichever node. */
export class OidcVisit extends OidcVisitSchema.class {}
OidcVisitSchema.setClass(OidcVisit);

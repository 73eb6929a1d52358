import { defineEntity, p } from '@mikro-orm/core';

const SessionTokenSchema = defineEntity({
  name: 'SessionToken',
  tableName: 'session_token',
  properties: {
    /** SHA-256 of what its owner shows. */
    hash: p.text().primary().hidden(),
    /** Which wire it belongs to, and what it is good for there: it is nothing on any other. */
    kind: p.text(),
    sessionId: p.uuid(),
    /** A secret that goes with it and must be read again: sealed by the vault. */
    sealed: p.text().nullable().hidden(),
    createdAt: p.datetime().columnType('timestamptz'),
    expiresAt: p.datetime().columnType('timestamptz'),
    /** Used up, or replaced. */
    endedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});

/** One of the tokens by which an older server's client knows its session. */
export class SessionToken extends SessionTokenSchema.class {
  isGood(now: Date): boolean {
    return this.endedAt == null && this.expiresAt > now;
  }
}
SessionTokenSchema.setClass(SessionToken);

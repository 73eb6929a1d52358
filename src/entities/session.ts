import { defineEntity, p } from '@mikro-orm/core';

const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    device: p.text(),
    /** SHA-256 of the refresh token that is valid now. */
    refreshHash: p.text().hidden(),
    /** SHA-256 of the token before it: whoever presents this one has a stolen or a lost copy. */
    previousRefreshHash: p.text().nullable().hidden(),
    createdAt: p
      .datetime()
      .columnType('timestamptz')
      .onCreate(() => new Date()),
    lastUsedAt: p
      .datetime()
      .columnType('timestamptz')
      .onCreate(() => new Date()),
    expiresAt: p.datetime().columnType('timestamptz'),
    revokedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});

/** One device's login. */
export class Session extends SessionSchema.class {
  isLive(now: Date): boolean {
    return this.revokedAt == null && this.expiresAt > now;
  }
}
SessionSchema.setClass(Session);

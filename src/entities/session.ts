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
    /** SHA-256 of what all its refresh tokens have in common. */
    familyHash: p.text().hidden(),
    /** SHA-256 of the token before it, and what makes the same successor of it again. */
    previousRefreshHash: p.text().nullable().hidden(),
    refreshSalt: p.text().nullable().hidden(),
    refreshedAt: p.datetime().columnType('timestamptz').nullable(),
    createdAt: p
      .datetime()
      .columnType('timestamptz')
      .onCreate(() => new Date()),
    lastUsedAt: p
      .datetime()
      .columnType('timestamptz')
      .onCreate(() => new Date()),
    /** The network that it was last used from. */
    place: p.text().nullable(),
    expiresAt: p.datetime().columnType('timestamptz'),
    revokedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});

/** One device's login. */
export class Session extends SessionSchema.class {
  isLive(now: Date): boolean {
    return this.revokedAt == null && this.expiresAt > now;
  }

  /** The token that was valid is used up. */
  rotate(refreshHash: string, salt: string, now: Date): void {
    this.previousRefreshHash = this.refreshHash;
    this.refreshHash = refreshHash;
    this.refreshSalt = salt;
    this.refreshedAt = now;
  }

  hasJustReplaced(refreshHash: string, now: Date, graceMs: number): boolean {
    const { previousRefreshHash, refreshedAt } = this;
    return previousRefreshHash === refreshHash && now.getTime() - (refreshedAt?.getTime() ?? 0) <= graceMs;
  }
}
SessionSchema.setClass(Session);

import { defineEntity, p } from '@mikro-orm/core';

const TotpSchema = defineEntity({
  name: 'Totp',
  tableName: 'totp',
  properties: {
    userId: p.uuid().primary(),
    /** Sealed: unlike a password it is needed in the clear, so a copy of the database alone must not tell it. */
    secret: p.text().hidden(),
    createdAt: p.datetime().columnType('timestamptz'),
    /** Null until a code of the app has shown that the secret arrived there. */
    confirmedAt: p.datetime().columnType('timestamptz').nullable(),
    /** Of the last code that was taken: it and all before it are used up. */
    lastStep: p.integer().default(0),
    /** Wrong codes since the last right one. */
    failures: p.integer().default(0),
    pausedUntil: p.datetime().columnType('timestamptz').nullable(),
  },
});

/** What somebody's authenticator app and we have in common. */
export class Totp extends TotpSchema.class {
  get isOn(): boolean {
    return this.confirmedAt != null;
  }

  isPaused(now: Date): boolean {
    return this.pausedUntil != null && this.pausedUntil > now;
  }

  accept(step: number): void {
    this.lastStep = step;
    this.failures = 0;
    this.pausedUntil = null;
  }

  /** Six digits can be guessed by who has the time, so after so many wrong ones there is none for a while. */
  reject(now: Date, limits: { readonly failures: number; readonly pauseSeconds: number }): void {
    this.failures += 1;
    if (this.failures >= limits.failures)
      this.pausedUntil = new Date(now.getTime() + limits.pauseSeconds * 1_000);
  }
}
TotpSchema.setClass(Totp);

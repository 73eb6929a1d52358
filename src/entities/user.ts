import { defineEntity, p } from '@mikro-orm/core';

const UserSchema = defineEntity({
  name: 'User',
  tableName: 'user',
  properties: {
    id: p.uuid().primary(),
    /** A small integer for wires that cannot carry a uuid. */
    number: p.integer().autoincrement().unique(),
    username: p.text(),
    /** Theirs once it is verified; until then they only say so, and others may say the same. */
    email: p.text().nullable(),
    /** When they last said so. */
    claimedAt: p.datetime().columnType('timestamptz').nullable(),
    /** Is to take the place of a verified one, once it is verified itself. */
    newEmail: p.text().nullable(),
    displayName: p.text(),
    firstName: p.text().default(''),
    lastName: p.text().default(''),
    /** Unique. Nobody has proven that it is theirs. */
    phone: p.text().nullable(),
    /** `YYYY-MM-DD`. */
    birthday: p.date().nullable(),
    /** Null for a guest, who has nothing to sign in with, and for who signs in without one. */
    passwordHash: p.text().nullable().hidden(),
    /** A passkey or an account elsewhere lets them in, with or without a password. */
    otherWayIn: p.boolean().default(false),
    verified: p.boolean().default(false),
    admin: p.boolean().default(false),
    /** The name in ADMINS that made them one, for as long as it stands there. */
    adminName: p.text().nullable(),
    bot: p.boolean().default(false),
    avatarId: p.uuid().nullable(),
    /** Opens the picture to whoever was shown this person. A new picture has a new one. */
    avatarKey: p.text().nullable(),
    /** What a guest was called who has gone for good: the name itself is free again. */
    formerName: p.text().nullable(),
    lastSeenAt: p.datetime().columnType('timestamptz').nullable(),
    createdAt: p
      .datetime()
      .columnType('timestamptz')
      .onCreate(() => new Date()),
    /** Until an admin lifts it they cannot sign in. */
    suspendedAt: p.datetime().columnType('timestamptz').nullable(),
    deletedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});

/** A person or a bot. `username`, and `email` where it is verified, are unique without regard to case. */
export class User extends UserSchema.class {
  get guest(): boolean {
    return this.passwordHash == null && !this.otherWayIn && !this.bot && !this.deleted;
  }

  get deleted(): boolean {
    return this.deletedAt != null;
  }

  get suspended(): boolean {
    return this.suspendedAt != null;
  }

  /** What they say is theirs and have yet to prove. */
  get unprovenEmail(): string | null {
    return (this.verified ? this.newEmail : this.email) ?? null;
  }

  /** A verified address stays in force until the new one is verified, too; itself, it needs no other. */
  claimEmail(email: string, now: Date): void {
    if (this.email != null && this.verified) {
      this.newEmail = this.email.toLowerCase() === email.toLowerCase() ? null : email;
      return;
    }
    this.email = email;
    this.verified = false;
    this.claimedAt = now;
  }

  /** They have proven it: as one that they had claimed, or the one that is in force already. */
  ownEmail(email: string): void {
    if (email === this.newEmail) this.newEmail = null;
    this.email = email;
    this.verified = true;
  }

  dropEmail(): void {
    this.email = null;
    this.verified = false;
    this.claimedAt = null;
    this.newEmail = null;
  }

  /** A guest who has gone: what they said keeps their name, which somebody else may have from now on. */
  retire(freeName: string): void {
    this.formerName = this.username;
    this.username = freeName;
  }

  /** Leaves a name for what they have said, and nothing that tells whose it was. */
  anonymise(now: Date): void {
    this.username = `deleted-${this.number}`;
    this.displayName = 'Deleted user';
    this.firstName = '';
    this.lastName = '';
    this.phone = null;
    this.birthday = null;
    this.dropEmail();
    this.passwordHash = null;
    this.otherWayIn = false;
    this.admin = false;
    this.adminName = null;
    this.formerName = null;
    this.avatarId = null;
    this.avatarKey = null;
    this.lastSeenAt = null;
    this.suspendedAt = null;
    this.deletedAt = now;
  }
}
UserSchema.setClass(User);

/** Kept free: whoever took such a name would keep somebody from deleting their account. */
export function isNameOfDeleted(username: string): boolean {
  return /^deleted-\d+$/i.test(username);
}

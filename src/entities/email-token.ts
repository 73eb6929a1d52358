import { defineEntity, p } from '@mikro-orm/core';

export const EMAIL_TOKEN_PURPOSES = ['verify', 'reset', 'passcode', 'password'] as const;
export type EmailTokenPurpose = (typeof EMAIL_TOKEN_PURPOSES)[number];

const EmailTokenSchema = defineEntity({
  name: 'EmailToken',
  tableName: 'email_token',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    purpose: p.enum(EMAIL_TOKEN_PURPOSES),
    /** Where it was sent: it proves nothing about an address that took this one's place. */
    email: p.text(),
    /** SHA-256 of the link's token; null for a mail without a link. */
    hash: p.text().nullable().hidden(),
    /** Keyed hash of the code; null for a mail without one. */
    codeHash: p.text().nullable().hidden(),
    /** How often a code was tried. */
    tries: p.integer().default(0),
    createdAt: p.datetime().columnType('timestamptz'),
    expiresAt: p.datetime().columnType('timestamptz'),
    usedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});

/** What a mail carries to prove that whoever comes with it reads that mailbox. One per person and purpose. */
export class EmailToken extends EmailTokenSchema.class {
  isUsable(now: Date): boolean {
    return this.usedAt == null && this.expiresAt > now;
  }
}
EmailTokenSchema.setClass(EmailToken);

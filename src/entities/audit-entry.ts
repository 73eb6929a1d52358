import { defineEntity, p } from '@mikro-orm/core';

/** What admins do to people. */
export const AUDIT_ACTIONS = [
  'suspend',
  'unsuspend',
  'verify',
  'make_admin',
  'unmake_admin',
  'end_session',
  'end_all_sessions',
  'delete',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: {
    id: p.bigint('number').autoincrement().primary(),
    /** By the database's clock. */
    at: p.datetime().columnType('timestamptz'),
    action: p.enum(AUDIT_ACTIONS),
    adminId: p.uuid(),
    adminUsername: p.text(),
    userId: p.uuid(),
    userUsername: p.text(),
    sessionId: p.uuid().nullable(),
    /** Where the admin asked from. */
    address: p.text().nullable(),
    /** Why, in the admin's words. */
    note: p.text(),
  },
});

/** Added and never changed: the database refuses it. */
export class AuditEntry extends AuditEntrySchema.class {}
AuditEntrySchema.setClass(AuditEntry);

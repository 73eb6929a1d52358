import { type AuditAction, AuditEntry } from '../../entities/audit-entry.ts';
import type { Chat } from '../chat.ts';

export interface AuditEntryView {
  readonly id: number;
  readonly at: string;
  readonly action: AuditAction;
  readonly admin: { readonly id: string; readonly username: string };
  readonly user: { readonly id: string; readonly username: string };
  readonly sessionId: string | null;
  readonly address: string | null;
  readonly note: string;
}

export interface AuditPosition {
  readonly id: number;
}

export interface ReadAudit {
  /** Only what was done to this person. */
  readonly userId?: string | undefined;
  /** Only what this admin did. */
  readonly adminId?: string | undefined;
  readonly limit: number;
  readonly after?: AuditPosition | undefined;
}

/** The newest first. */
export async function readAudit(
  chat: Pick<Chat, 'database'>,
  { userId, adminId, limit, after }: ReadAudit,
): Promise<{ items: AuditEntryView[]; next: AuditPosition | null }> {
  const found = await chat.database.em.fork().find(
    AuditEntry,
    {
      ...(userId !== undefined && { userId }),
      ...(adminId !== undefined && { adminId }),
      ...(after !== undefined && { id: { $lt: after.id } }),
    },
    { orderBy: { id: 'desc' }, limit: limit + 1 },
  );
  const items = found.slice(0, limit).map(auditEntryView);
  const last = items.at(-1);
  return { items, next: found.length > limit && last ? { id: last.id } : null };
}

function auditEntryView(entry: AuditEntry): AuditEntryView {
  return {
    id: entry.id,
    at: entry.at.toISOString(),
    action: entry.action,
    admin: { id: entry.adminId, username: entry.adminUsername },
    user: { id: entry.userId, username: entry.userUsername },
    sessionId: entry.sessionId ?? null,
    address: entry.address ?? null,
    note: entry.note,
  };
}

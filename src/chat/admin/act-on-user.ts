import { type AuditAction, AuditEntry } from '../../entities/audit-entry.ts';
import { databaseNow, type EntityManager } from '../../entities/database.ts';
import type { User } from '../../entities/user.ts';
import { forAdminsOnly, isAdmin } from '../admins.ts';
import type { Caller } from '../authenticate.ts';
import type { Chat } from '../chat.ts';
import { lockUser } from '../credentials.ts';
import { ChatError } from '../errors.ts';
import { requireNotDeleted } from '../people.ts';

/** An admin who asks. */
export interface AdminCaller extends Caller {
  readonly address: string | undefined;
}

/** On whom, and why; both go into the audit log. */
export interface OnUser {
  readonly userId: string;
  readonly note?: string | undefined;
}

export interface Acting {
  readonly em: EntityManager;
  /** Locked. */
  readonly user: User;
  readonly now: Date;
}

/**
 * What an admin does to somebody and what is written down about it: both or neither.
 *
 * Nobody acts on themselves, so there is always one admin left: the one who acts. Two who take each other's office
 * at the same moment wait for each other here, and the second is none any more.
 */
export function actOnUser<Result>(
  chat: Pick<Chat, 'database' | 'admins'>,
  admin: AdminCaller,
  { userId, note = '', ...done }: OnUser & { readonly action: AuditAction; readonly sessionId?: string },
  work: (acting: Acting) => Promise<Result>,
): Promise<Result> {
  if (userId === admin.userId) throw new ChatError('conflict', 'not on yourself: ask another admin');
  return chat.database.em.fork().transactional(async (em) => {
    const locked = new Map<string, User>();
    // In one order, so that two admins who act on each other do not wait in a circle.
    for (const id of [admin.userId, userId].sort()) locked.set(id, await lockUser(em, id));
    const [acting, user] = [locked.get(admin.userId)!, locked.get(userId)!];
    if (!isAdmin(chat, acting)) throw forAdminsOnly();
    requireNotDeleted(user);
    const now = await databaseNow(em);
    const entry = {
      ...done,
      at: now,
      adminId: acting.id,
      adminUsername: acting.username,
      userId,
      userUsername: user.username,
      address: admin.address ?? null,
      note,
    };
    const result = await work({ em, user, now });
    em.create(AuditEntry, entry);
    await em.flush();
    return result;
  });
}

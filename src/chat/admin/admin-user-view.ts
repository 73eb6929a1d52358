import type { User } from '../../entities/user.ts';
import { meView } from '../admins.ts';
import type { Chat } from '../chat.ts';
import type { OwnUserView } from '../views.ts';

/** What admins know about somebody. */
export interface AdminUserView extends OwnUserView {
  readonly suspendedAt: string | null;
  readonly deletedAt: string | null;
}

export function adminUserView(chat: Pick<Chat, 'admins'>, user: User): AdminUserView {
  return {
    ...meView(chat, user),
    suspendedAt: user.suspendedAt?.toISOString() ?? null,
    deletedAt: user.deletedAt?.toISOString() ?? null,
  };
}

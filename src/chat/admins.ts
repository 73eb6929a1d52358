import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { type OwnUserView, ownUserView } from './views.ts';

/** Named by the configuration or marked in the database. Asked at each use, so a changed ADMINS counts at once. */
export function isAdmin(chat: Pick<Chat, 'admins'>, user: User): boolean {
  return user.admin || chat.admins.has(user.username.toLowerCase());
}

export function meView(chat: Pick<Chat, 'admins'>, user: User): OwnUserView {
  return { ...ownUserView(user), admin: isAdmin(chat, user) };
}

import type { Chat } from './chat.ts';
import { getUserOrFail } from './user-lookup.ts';
import { type UserView, userView } from './views.ts';

export async function getUser(chat: Pick<Chat, 'database'>, userId: string): Promise<UserView> {
  return userView(await getUserOrFail(chat.database.em.fork(), userId));
}

import type { Chat } from './chat.ts';
import type { UserView } from './events.ts';
import { getUserOrFail } from './user-lookup.ts';
import { userView } from './views.ts';

export async function getUser(chat: Pick<Chat, 'database'>, userId: string): Promise<UserView> {
  return userView(await getUserOrFail(chat.database.em.fork(), userId));
}

import { meView } from './admins.ts';
import type { Chat } from './chat.ts';
import { getUserOrFail } from './user-lookup.ts';
import type { OwnUserView } from './views.ts';

export async function getMe(chat: Pick<Chat, 'database' | 'admins'>, callerId: string): Promise<OwnUserView> {
  return meView(chat, await getUserOrFail(chat.database.em.fork(), callerId));
}

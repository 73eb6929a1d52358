import type { MiddlewareHandler } from 'hono';
import type { Chat } from '../../../chat/chat.ts';
import { getMe } from '../../../chat/get-me.ts';
import { groupNameInput } from '../../../chat/inputs/conversations.ts';
import { closeGroup } from '../../../chat/lobby/close-group.ts';
import { findLobbyGroup } from '../../../chat/lobby/groups.ts';
import type { App } from '../../app.ts';
import type { ServerBot } from './bot.ts';
import { readBody } from './fields.ts';
import { inWords, Refusal } from './refusal.ts';

/** For those who are logged in, admins, and have a proven address. */
export function adminOnly(chat: Pick<Chat, 'database' | 'admins'>): MiddlewareHandler {
  return async (c, next) => {
    const { admin, verified } = await getMe(chat, c.get('chattyCaller').userId);
    if (!admin || !verified) throw new Refusal(403, 'unauthorized');
    await next();
  };
}

export function adminRoutes(app: App, chat: Chat, base: string, bot: ServerBot): void {
  app.post(`${base}/api/adminonly/createChat`, async (c) => {
    const name = groupNameInput.safeParse((await readBody(c))('chat').normalize());
    if (!name.success || !/\S/.test(name.data))
      throw new Refusal(400, 'chat needs a name of up to 100 characters');
    await inWords(bot.open(name.data), { conflict: [400, 'chat already exists'] });
    return c.body(null);
  });

  app.post(`${base}/api/adminonly/removeChat`, async (c) => {
    const { userId, sessionId } = c.get('chattyCaller');
    const group = await findLobbyGroup(chat, sessionId, (await readBody(c))('chat').normalize());
    const noSuch = [400, 'no such chat'] as const;
    if (!group) throw new Refusal(...noSuch);
    await inWords(closeGroup(chat, group.id), { not_found: noSuch });
    chat.log.info({ adminId: userId, conversationId: group.id }, 'a public group was closed');
    return c.body(null);
  });
}

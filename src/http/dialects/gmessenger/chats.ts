import { deliverAll } from '../../../chat/deliver-all.ts';
import { findEverybody } from '../../../chat/find-everybody.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { chatsQuery } from './inputs.ts';
import { limit, type Routes } from './routes.ts';
import { callerOf } from './sessions.ts';
import { chatOf } from './wire.ts';

/** Everybody, and one's groups. Whoever has seen the list has been brought what waited for them. */
export function chatRoutes({ app, chat, at }: Routes): void {
  app.on('GET', at('/chats'), async (c) => {
    const caller = await callerOf(chat, c);
    limit(chat, c, 'search', caller);
    const entries = await findEverybody(chat, caller.userId, parse(chatsQuery, c.req.query()));
    await deliverAll(chat, caller.userId);
    return c.json(entries.map((entry) => chatOf(chat, entry)));
  });
}

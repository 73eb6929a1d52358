import { ChatError } from '../../../chat/errors.ts';
import { findActivity } from '../../../chat/find-activity.ts';
import { getMe } from '../../../chat/get-me.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { chatsQuery, readBody } from './inputs.ts';
import { MAX_PEOPLE } from './limits.ts';
import { limit, type Routes } from './routes.ts';
import { callerOf } from './sessions.ts';
import { userStatus } from './wire.ts';

/** Who is here, and since when the others are not: what the old server's last-seen service was to tell. */
export function lastSeenRoutes({ app, chat, visits, at }: Routes): void {
  app.on('POST', at('/user/active/update'), async (c) => {
    const caller = await callerOf(chat, c);
    limit(chat, c, 'typing', caller);
    const { user_login: login } = await readBody(c);
    const { username } = await getMe(chat, caller.userId);
    if (login !== undefined && !isCalled(login, username))
      throw new ChatError('forbidden', 'you can say it of yourself only');
    visits.note(caller.userId);
    await chat.presence.settled();
    return c.json(userStatus(username, true, null));
  });

  app.on('GET', at('/user/active'), async (c) => {
    const caller = await callerOf(chat, c);
    limit(chat, c, 'search', caller);
    const { login = [], user_login = [] } = c.req.queries();
    const usernames = [...login, ...user_login].map((name) => name.normalize());
    if (usernames.length > MAX_PEOPLE) throw new ChatError('bad_request', `at most ${MAX_PEOPLE} logins`);
    const named = usernames.length > 0;
    const { limit: most, offset } = parse(chatsQuery, {
      limit: c.req.query('limit'),
      offset: c.req.query('offset'),
    });
    const found = await findActivity(chat, { usernames: named ? usernames : undefined, limit: most, offset });
    const unknown = usernames.find((name) => !found.some(({ username }) => isCalled(name, username)));
    if (unknown !== undefined) throw noSuchUser();
    return c.json(found.map(({ username, online, lastSeenAt }) => userStatus(username, online, lastSeenAt)));
  });

  app.on('GET', at('/user/active/:login'), async (c) => {
    const caller = await callerOf(chat, c);
    limit(chat, c, 'search', caller);
    const [found] = await findActivity(chat, { usernames: [c.req.param('login')!.normalize()], limit: 1 });
    if (found === undefined) throw noSuchUser();
    return c.json(userStatus(found.username, found.online, found.lastSeenAt));
  });
}

export function isCalled(given: unknown, username: string): boolean {
  return typeof given === 'string' && given.normalize().toLowerCase() === username.toLowerCase();
}

function noSuchUser(): ChatError {
  return new ChatError('not_found', "user doesn't exist");
}

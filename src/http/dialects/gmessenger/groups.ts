import { createGroup } from '../../../chat/create-group.ts';
import { ChatError } from '../../../chat/errors.ts';
import { findActivity } from '../../../chat/find-activity.ts';
import { getConversation } from '../../../chat/get-conversation.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { MAX_MEMBERS } from '../../../chat/limits.ts';
import { listMembers } from '../../../chat/list-members.ts';
import { findGroup } from './history.ts';
import { groupInput, groupNumber, readBody } from './inputs.ts';
import { limit, type Routes } from './routes.ts';
import { callerOf } from './sessions.ts';

export function groupRoutes({ app, chat, at }: Routes): void {
  const loginsOf = async (callerId: string, conversationId: string): Promise<string[]> => {
    const { items } = await listMembers(chat, callerId, { conversationId, limit: MAX_MEMBERS });
    return items.map(({ username }) => username);
  };

  app.on('POST', at('/group', '/groups', '/group/create'), async (c) => {
    const { userId } = await callerOf(chat, c);
    const { name, type, ...given } = parse(groupInput, await readBody(c));
    const logins = given.members ?? given.member_logins ?? [];
    const members = await findMembers(logins);
    const conversationId = await createGroup(chat, userId, { name, visibility: type, members });
    const { number: id } = await getConversation(chat, userId, { conversationId });
    return c.json({ id, name, type, members: await loginsOf(userId, conversationId) });
  });

  app.on('GET', at('/group/:number/members'), async (c) => {
    const caller = await callerOf(chat, c);
    const number = parse(groupNumber, c.req.param('number'));
    const group = await findGroup(chat, caller.userId, number, () => limit(chat, c, 'join', caller));
    return c.json(await loginsOf(caller.userId, group.id));
  });

  /** All or none: a group that lacks somebody is worse than an answer that says who it is. */
  async function findMembers(logins: readonly string[]): Promise<string[]> {
    const found = await findActivity(chat, { usernames: logins, limit: logins.length });
    const known = new Set(found.map(({ username }) => username.toLowerCase()));
    const unknown = logins.find((login) => !known.has(login.toLowerCase()));
    if (unknown !== undefined) throw new ChatError('bad_request', `there is no user ${unknown}`);
    return found.map(({ userId }) => userId);
  }
}

import type { Context } from 'hono';
import type { Chat } from '../../../chat/chat.ts';
import { textInput } from '../../../chat/inputs/messages.ts';
import {
  findLobbyGroup,
  findLobbyPeople,
  type LobbyGroup,
  listLobbyGroups,
} from '../../../chat/lobby/groups.ts';
import { leaveSeat, takeSeat } from '../../../chat/lobby/seats.ts';
import type { RateName } from '../../../chat/rates.ts';
import { sendMessage } from '../../../chat/send-message.ts';
import type { App } from '../../app.ts';
import { clientAddress } from '../../client-address.ts';
import type { ServerBot } from './bot.ts';
import { readBody } from './fields.ts';
import { type ChatReport, chatReport, lastMessages, messageObject, usersIn } from './objects.ts';
import { inWords, Refusal } from './refusal.ts';

const NOT_IN = 'user not logged in such chat';
const NO_SUCH = [400, 'no such chat'] as const;
const NOT_IN_SUCH = [400, NOT_IN] as const;

/** Public groups, by their names. One is in them with a session, and reads and writes only there. */
export function chatRoutes(app: App, chat: Chat, base: string, bot: ServerBot): void {
  const at = (path: string): string => `${base}/api/loggedonly/${path}`;
  const limit = (c: Context, rate: RateName): void => {
    const { userId: account, sessionId: device } = c.get('chattyCaller');
    chat.limits.take(rate, { account, device, address: clientAddress(c) });
  };
  const find = (c: Context, name: string): Promise<LobbyGroup | undefined> =>
    findLobbyGroup(chat, c.get('chattyCaller').sessionId, name);

  /** There is no telling a chat that one is not in from one that does not exist. */
  async function joined(c: Context, name: string): Promise<LobbyGroup> {
    const group = await find(c, name);
    if (!group?.joined) throw new Refusal(...NOT_IN_SUCH);
    return group;
  }

  app.post(at('joinChat'), async (c) => {
    const name = (await readBody(c))('chat');
    const caller = c.get('chattyCaller');
    limit(c, 'join');
    const group = await find(c, name);
    if (!group) throw new Refusal(...NO_SUCH);
    const isNew = await inWords(takeSeat(chat, caller, group.id), { not_found: NO_SUCH });
    if (!isNew) throw new Refusal(400, 'user is already logged in chat');
    return c.json(await chatReport(chat, caller.userId, { ...group, joined: true }));
  });

  app.post(at('leaveChat'), async (c) => {
    const group = await find(c, (await readBody(c))('chat'));
    if (!group) throw new Refusal(...NO_SUCH);
    if (!group.joined) throw new Refusal(...NOT_IN_SUCH);
    await inWords(leaveSeat(chat, c.get('chattyCaller'), group.id), { not_found: NOT_IN_SUCH });
    return c.body(null);
  });

  app.get(at('getChats'), async (c) => {
    const { userId, sessionId } = c.get('chattyCaller');
    const reports: ChatReport[] = [];
    // One after the other: each of those that one is in is some reading.
    for (const group of await listLobbyGroups(chat, sessionId)) {
      reports.push(await chatReport(chat, userId, group));
    }
    return c.json(reports);
  });

  app.post(at('getLastMessages'), async (c) => {
    const group = await joined(c, (await readBody(c))('chat'));
    const { userId } = c.get('chattyCaller');
    return c.json(await inWords(lastMessages(chat, userId, group), { not_found: NOT_IN_SUCH }));
  });

  app.post(at('getUsers'), async (c) => {
    const group = await joined(c, (await readBody(c))('chat'));
    return c.json(await usersIn(chat, group.id));
  });

  app.post(at('postMessage'), async (c) => {
    const field = await readBody(c);
    const { userId } = c.get('chattyCaller');
    if (field('chat') === '') throw new Refusal(400, 'chat is empty');
    const input = textInput.safeParse(field('text'));
    if (!input.success) throw new Refusal(400, `text: ${input.error.issues[0]!.message}`);
    limit(c, 'message');
    const group = await joined(c, field('chat'));
    const message = { text: input.data, attachments: [] };
    const sending = sendMessage(chat, userId, { conversationId: group.id, ...message });
    const sent = await inWords(sending, { not_found: NOT_IN_SUCH });
    const people = await findLobbyPeople(chat, [userId]);
    await bot.hear(group.id, input.data);
    return c.json(messageObject(chat, group.name, { ...sent, ...message }, people.get(userId)));
  });
}

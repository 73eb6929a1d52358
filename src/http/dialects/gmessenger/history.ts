import type { Chat } from '../../../chat/chat.ts';
import { findNames } from '../../../chat/conversation-people.ts';
import { enterGroup } from '../../../chat/enter-group.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { moveMarks } from '../../../chat/move-marks.ts';
import { findDialogWith } from '../../../chat/open-dialog.ts';
import { readPage } from '../../../chat/read-page.ts';
import { findMarks, reachOf } from '../../../chat/receipts.ts';
import type { Conversation } from '../../../entities/conversation.ts';
import { groupNumber, messagesQuery } from './inputs.ts';
import { noSuchGroup, noSuchReceiver, notAMember, orElse } from './refusals.ts';
import { limit, type Routes } from './routes.ts';
import { callerOf } from './sessions.ts';
import { messageOf, type WireMessage } from './wire.ts';

export function historyRoutes({ app, chat, at }: Routes): void {
  app.on('GET', at('/dialog/:login'), async (c) => {
    const { userId } = await callerOf(chat, c);
    const page = parse(messagesQuery, c.req.query());
    const ref = { username: c.req.param('login')?.normalize() };
    const dialog = await orElse(findDialogWith(chat, userId, ref), { not_found: noSuchReceiver });
    // Nobody has said anything, and looking makes no dialog.
    if (dialog.conversationId === undefined) return c.json([]);
    const where = { conversationId: dialog.conversationId, peerId: dialog.person.id };
    return c.json(await readMessages(chat, userId, where, page));
  });

  app.on('GET', at('/group/:number'), async (c) => {
    const caller = await callerOf(chat, c);
    const number = parse(groupNumber, c.req.param('number'));
    const page = parse(messagesQuery, c.req.query());
    const group = await findGroup(chat, caller.userId, number, () => limit(chat, c, 'join', caller));
    return c.json(await readMessages(chat, caller.userId, { conversationId: group.id }, page));
  });
}

/** Public groups are everybody's here: whoever looks comes in, as often as people may. */
export function findGroup(
  chat: Pick<Chat, 'database' | 'announcer'>,
  callerId: string,
  number: number,
  onJoining?: () => void,
): Promise<Conversation> {
  const texts = { not_found: noSuchGroup, forbidden: notAMember };
  return orElse(enterGroup(chat, callerId, number, onJoining), texts);
}

interface Where {
  readonly conversationId: string;
  /** Of a dialog. */
  readonly peerId?: string;
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Ascending; whoever is shown a message has read it, and it is told so. */
async function readMessages(
  chat: Chat,
  callerId: string,
  { conversationId, peerId }: Where,
  page: Page,
): Promise<WireMessage[]> {
  const found = await readPage(chat, callerId, { conversationId, ...page });
  const messages = found.reverse();
  const last = messages.at(-1);
  if (last) await moveMarks(chat, callerId, { conversationId, readSeq: last.seq });
  const marks = await findMarks(chat, callerId, conversationId);
  const people = new Set([callerId, ...messages.map(({ senderId }) => senderId)]);
  if (peerId !== undefined) people.add(peerId);
  const names = await findNames(chat.database.em.fork(), [...people]);
  const nameOf = (id: string): string => names.get(id)?.username ?? '';
  return messages.map((message) =>
    messageOf(chat, message, {
      sender: nameOf(message.senderId),
      receiver: peerId === undefined ? undefined : nameOf(message.senderId === callerId ? peerId : callerId),
      status: reachOf(marks, message),
    }),
  );
}

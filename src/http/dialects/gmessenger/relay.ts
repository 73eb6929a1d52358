import { randomBytes } from 'node:crypto';
import type { Chat } from '../../../chat/chat.ts';
import { findConversationPeople } from '../../../chat/conversation-people.ts';
import { ChatError } from '../../../chat/errors.ts';
import { getMe } from '../../../chat/get-me.ts';
import { sendInput } from '../../../chat/inputs/messages.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { moveMarks } from '../../../chat/move-marks.ts';
import { openDialog } from '../../../chat/open-dialog.ts';
import { readUnsent, type UnsentMessageView } from '../../../chat/read-unsent.ts';
import { sendMessage } from '../../../chat/send-message.ts';
import { plainText } from '../plain-text.ts';
import { readBody, relayInput, unsentInput } from './inputs.ts';
import { isCalled } from './last-seen.ts';
import { MAX_UNSENT } from './limits.ts';
import { noSuchReceiver, orElse } from './refusals.ts';
import { readRelayTime, relayTime, timeInClientId, toClientId } from './relay-time.ts';
import { limit, type Routes } from './routes.ts';
import { callerOf } from './sessions.ts';
import { otherOf } from './wire.ts';

/** Keeps messages for those who are away: in their ordinary dialogs, where everybody else sees them too. */
export function relayRoutes({ app, chat, at }: Routes): void {
  app.on('POST', at('/messages/new'), async (c) => {
    const caller = await callerOf(chat, c);
    limit(chat, c, 'message', caller);
    const input = parse(relayInput, await readBody(c));
    await requireOneself(chat, caller.userId, input.sender_userID, 'sender_userID');
    const time = input.time === undefined ? undefined : readRelayTime(input.time);
    const clientId = time && toClientId(time, randomBytes(8).toString('hex'));
    const message = parse(sendInput, { text: input.text, clientId });
    const receiver = { username: input.receiver_userID.normalize() };
    const conversationId = await orElse(openDialog(chat, caller.userId, receiver), {
      not_found: noSuchReceiver,
    });
    const { id } = await sendMessage(chat, caller.userId, { ...message, conversationId });
    return c.json({ id });
  });

  app.on('POST', at('/messages/unsent'), async (c) => {
    const { userId } = await callerOf(chat, c);
    const { receiver_userID: receiver } = parse(unsentInput, await readBody(c));
    const login = await requireOneself(chat, userId, receiver, 'receiver_userID');
    return c.json(await takeUnsent(chat, userId, login));
  });
}

/** Whoever was given a message has it: the next time it is not among them. */
async function takeUnsent(chat: Chat, userId: string, login: string): Promise<object[]> {
  const { items } = await readUnsent(chat, userId, { limit: MAX_UNSENT });
  const places = await findConversationPeople(chat, [...new Set(items.map((each) => each.conversationId))]);
  const ofDialogs = items.filter(({ conversationId }) => places.get(conversationId)?.kind === 'dialog');
  const answer = ofDialogs.map((message: UnsentMessageView) => ({
    id: message.id,
    sender_userID: otherOf(places.get(message.conversationId)!.people, userId)?.username ?? '',
    receiver_userID: login,
    time: timeInClientId(message.clientId) ?? relayTime(new Date(message.sentAt)),
    text: plainText(chat, message),
  }));
  const marks = new Map(ofDialogs.map(({ conversationId, seq }) => [conversationId, seq]));
  await Promise.all(
    [...marks].map(([conversationId, deliveredSeq]) =>
      moveMarks(chat, userId, { conversationId, deliveredSeq }),
    ),
  );
  return answer;
}

async function requireOneself(chat: Chat, userId: string, given: string, field: string): Promise<string> {
  const { username } = await getMe(chat, userId);
  if (!isCalled(given, username)) throw new ChatError('forbidden', `${field}: must be you`);
  return username;
}

import type { WebSocket } from 'ws';
import type { Chat } from '../../../chat/chat.ts';
import { ChatError } from '../../../chat/errors.ts';
import { deliveredWhenShown } from '../delivered.ts';
import type { Admission, Knock } from '../dialect.ts';
import { parseObject } from '../fields.ts';
import { Line } from '../line.ts';
import { refused, Talk, type Told } from './talk.ts';
import type { Teller } from './tell.ts';
import { findToken, givenTokens, type Shown } from './tokens.ts';

/** For whose session ended elsewhere: dialling again is of no use. */
const SIGNED_OUT = 4001;

/** Whoever comes by a plain WebSocket has to be signed in already. */
export async function admitWebSocket(
  chat: Chat,
  teller: Teller,
  { headers, query, address }: Knock,
): Promise<Admission> {
  const said = query.get('token') ?? query.get('opaque_token') ?? query.get('jwt') ?? undefined;
  const shown = await findToken(chat, givenTokens(headers, said), address);
  if (shown === undefined) throw new ChatError('unauthenticated', 'sign in first');
  return { caller: shown.caller, enter: (socket) => void open(chat, teller, socket, shown) };
}

/** The same events as by Socket.IO, each a frame. `id` asks for an answer. */
async function open(chat: Chat, teller: Teller, socket: WebSocket, shown: Shown): Promise<void> {
  const talk = new Talk(chat, shown);
  const delivered = deliveredWhenShown(chat);
  await Line.open({
    chat,
    socket,
    caller: shown.caller,
    async receive(text, line) {
      const { told, answer } = await hear(chat, talk, text);
      for (const each of told) line.send(JSON.stringify(each));
      if (answer !== undefined) line.send(JSON.stringify(answer));
    },
    present: (event, { caller }) =>
      teller(event, caller.userId)?.then((told) => told && JSON.stringify(told)),
    shown(event, line) {
      if (event.type === 'message' && talk.hasFetched(event.conversationId)) delivered(event, line);
    },
    endedCode: SIGNED_OUT,
  });
}

async function hear(
  chat: Chat,
  talk: Talk,
  text: string,
): Promise<{ told: readonly Told[]; answer: object | undefined }> {
  try {
    const { event, data, id } = parseObject(text);
    if (typeof event !== 'string') throw new ChatError('bad_request', 'event: missing');
    const { told, answer } = await talk.hear({ event, data });
    return { told, answer: id === undefined ? undefined : { event: 'ack', id, data: answer } };
  } catch (error) {
    return { told: refused(error, chat).told, answer: undefined };
  }
}

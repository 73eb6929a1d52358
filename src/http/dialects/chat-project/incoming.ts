import type { Chat } from '../../../chat/chat.ts';
import { ChatError } from '../../../chat/errors.ts';
import { idInput } from '../../../chat/inputs/ids.ts';
import { sendWithFiles } from '../../../chat/send-with-files.ts';
import { asRefusal } from '../../errors.ts';
import type { Fields } from '../fields.ts';
import type { Line } from '../line.ts';
import { textOfField } from './bodies.ts';
import { decodeMedia } from './media-in-json.ts';
import { textOf } from './refusals.ts';
import { markSeen, type Said, sendToFriend, takeSending } from './sending.ts';

/** In the old server's words, and its grammar. */
const NO_MESSAGE = 'this message id is not exist or channel';
const NO_CHANNEL = 'this channel does not exist, or is not yours';

interface From {
  readonly chat: Chat;
  readonly line: Line;
  readonly address: string | undefined;
}

type Handler = (from: From, frame: Fields) => Promise<void>;

const HANDLERS: Readonly<Record<string, Handler>> = {
  friendship: sendMessage,
  friendship_message: sendMessage,
  friendship_notification_seen: seen,
  group_message: sendToGroup,
};

/** What the client said. The echo is the acknowledgement; what is refused is an error frame, and nothing else. */
export async function receive(
  chat: Chat,
  address: string | undefined,
  text: string,
  line: Line,
): Promise<void> {
  const frame = parsed(text);
  if (frame === undefined) return tell(line, 'Invalid JSON format');
  const type = String(frame.type);
  const handler = Object.hasOwn(HANDLERS, type) ? HANDLERS[type] : undefined;
  if (handler === undefined) return tell(line, 'Invalid message type');
  try {
    await handler({ chat, line, address }, frame);
  } catch (error) {
    const refusal = asRefusal(error);
    if (refusal === undefined) throw error;
    chat.securityLog.refused(refusal, { ...line.caller, address, request: type });
    tell(line, textOf(refusal));
  }
}

async function sendMessage({ chat, line, address }: From, frame: Fields): Promise<void> {
  const said = saidIn(frame);
  const { userId, sessionId } = line.caller;
  takeSending(chat, { account: userId, device: sessionId, address }, said);
  await orElse(NO_CHANNEL, () => sendToFriend(chat, userId, frame.channel, said));
}

async function sendToGroup({ chat, line, address }: From, frame: Fields): Promise<void> {
  const said = saidIn(frame);
  const { userId, sessionId } = line.caller;
  takeSending(chat, { account: userId, device: sessionId, address }, said);
  const id = idInput.safeParse(frame.channel);
  if (!id.success) throw new ChatError('not_found', NO_CHANNEL);
  await orElse(NO_CHANNEL, () => sendWithFiles(chat, userId, { conversationId: id.data, ...said }));
}

async function seen({ chat, line }: From, { message, message_id, channel }: Fields): Promise<void> {
  const messageId = message_id ?? message;
  await orElse(NO_MESSAGE, () => markSeen(chat, line.caller.userId, { messageId, channel }));
}

function saidIn({ payload, content, media }: Fields): Said {
  return { text: textOfField(payload) ?? textOfField(content) ?? '', files: decodeMedia(media) };
}

/** Its own words for what is not there, or not theirs. */
async function orElse(message: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const hidden = error instanceof ChatError && error.code === 'not_found';
    throw hidden ? new ChatError('not_found', message) : error;
  }
}

function tell(line: Line, error: string): void {
  line.send(JSON.stringify({ error }));
}

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import type { ChatError } from '../../../chat/errors.ts';
import { sendInput } from '../../../chat/inputs/messages.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { moveMarks } from '../../../chat/move-marks.ts';
import { readMessage } from '../../../chat/read-message.ts';
import { sendMessage } from '../../../chat/send-message.ts';
import { asRefusal } from '../../errors.ts';
import type { Line } from '../line.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { type ClientFrame, frameOf, readFrame, readPayload } from './frames.ts';
import { refusalBody } from './refusals.ts';

export type Payload = Readonly<Record<string, unknown>>;

export interface SpeechOptions {
  readonly chat: Chat;
  readonly caller: Caller;
  /** In which conversation it is said. Throws what it refuses. */
  readonly placeOf: (payload: Payload) => string | Promise<string>;
  /** Whether a report about a message from there is in its place here. */
  readonly isHere: (conversationId: string) => boolean;
}

/** What a client says on any of its sockets, and the form in which it wants to be spoken to. */
export class Speech {
  readonly #options: SpeechOptions;
  #packed = false;

  constructor(options: SpeechOptions) {
    this.#options = options;
  }

  frame(type: string, payload: object): string {
    return frameOf(type, payload, this.#packed);
  }

  async hear(text: string, line: Line): Promise<void> {
    const frame = readFrame(text);
    if (frame === undefined) return line.close(CLOSE_CODES.badFrame, 'not a frame');
    try {
      // The seed of the protocol lost an underscore; some have written their clients by it.
      if (frame.type === 'send_message' || frame.type === 'send message') await this.#send(frame, line);
      else if (frame.type === 'message_status') await this.#report(frame);
      // `user_activity` is no news: whoever has a socket is here. What is not known is not answered.
    } catch (error) {
      this.#refuse(asRefusal(error) ?? rethrow(error), line);
    }
  }

  async #send(frame: ClientFrame, line: Line): Promise<void> {
    const { chat, caller, placeOf } = this.#options;
    this.#packed ||= frame.packed;
    const payload = readPayload(frame);
    const text = payload?.text ?? '';
    if (payload === undefined || typeof text !== 'string')
      return line.close(CLOSE_CODES.badFrame, 'not the payload of a message');
    if (text === '') return;
    chat.limits.take('message', { account: caller.userId, device: caller.sessionId });
    const input = parse(sendInput, { text });
    await sendMessage(chat, caller.userId, { ...input, conversationId: await placeOf(payload) });
  }

  async #report(frame: ClientFrame): Promise<void> {
    const { chat, caller, isHere } = this.#options;
    const { id, status } = readPayload(frame) ?? {};
    const reach = String(status).toLowerCase();
    if (!Number.isSafeInteger(id) || !['delivered', 'read'].includes(reach)) return;
    chat.limits.take('typing', { device: caller.sessionId });
    const { conversationId, message } = await readMessage(chat, caller.userId, id as number);
    if (!isHere(conversationId)) return;
    const { seq } = message;
    const mark = reach === 'read' ? { readSeq: seq } : { deliveredSeq: seq };
    await moveMarks(chat, caller.userId, { conversationId, ...mark });
  }

  #refuse(refusal: ChatError, line: Line): void {
    const { chat, caller } = this.#options;
    chat.securityLog.refused(refusal, { ...caller, request: 'frame' });
    // Not known whether it was stored: the client has to look again.
    if (refusal.code === 'unavailable') line.close(CLOSE_CODES.internal, refusal.message);
    else line.send(this.frame('error', refusalBody(refusal)));
  }
}

function rethrow(error: unknown): never {
  throw error;
}

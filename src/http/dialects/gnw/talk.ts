import { z } from 'zod';
import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import { ChatError } from '../../../chat/errors.ts';
import { sendInput } from '../../../chat/inputs/messages.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { sendMessage } from '../../../chat/send-message.ts';
import { asRefusal, STATUS_OF } from '../../errors.ts';
import { findByRef, refInput } from './conversation-refs.ts';
import { fetchChat, fetchInput } from './fetch-chat.ts';
import { contentInput, textOf } from './messages.ts';
import { keepToken, type Shown } from './tokens.ts';

/** What one side tells the other. */
export interface Told {
  readonly event: string;
  readonly data: unknown;
}

/** What comes of what a client says: what it is told, and what it gets if it wants to know how it ended. */
export interface Outcome {
  readonly told: readonly Told[];
  readonly answer: object;
}

const messageInput = z.object({ cId: refInput, message: contentInput });

/** One signed-in client, whatever carries its words. */
export class Talk {
  readonly #chat: Chat;
  readonly #shown: Shown;
  /** Conversations of which this client has what was said before it came. */
  readonly #fetched = new Set<string>();

  constructor(chat: Chat, shown: Shown) {
    this.#chat = chat;
    this.#shown = shown;
  }

  /** Until it has fetched what it missed, a new message alone must not count all before it as delivered. */
  hasFetched(conversationId: string): boolean {
    return this.#fetched.has(conversationId);
  }

  /** Never fails: what went wrong is told. */
  async hear({ event, data }: Told): Promise<Outcome> {
    try {
      await keepToken(this.#chat, this.#shown);
      if (event === 'fetchChat') return await this.#fetch(data);
      if (event === 'chatMessage') return await this.#send(data);
      return { told: [], answer: { status: 200 } };
    } catch (error) {
      return refused(error, this.#chat, this.#shown.caller);
    }
  }

  async #fetch(data: unknown): Promise<Outcome> {
    const { messages, conversationIds } = await fetchChat(
      this.#chat,
      this.#shown.caller.userId,
      parse(fetchInput, data),
    );
    for (const id of conversationIds) this.#fetched.add(id);
    return { told: [{ event: 'fetchChat', data: Object.fromEntries(messages) }], answer: { status: 200 } };
  }

  async #send(data: unknown): Promise<Outcome> {
    const { userId, sessionId } = this.#shown.caller;
    const { cId, message } = parse(messageInput, data);
    const input = parse(sendInput, { text: textOf(message) });
    this.#chat.limits.take('message', { account: userId, device: sessionId });
    const standing = await findByRef(this.#chat, userId, cId);
    if (standing === undefined) throw new ChatError('not_found', 'you are in no such conversation');
    if (!standing.amongFriends) throw new ChatError('forbidden', 'you are no contacts (any more)');
    const { conversationId } = standing;
    const { sentAt } = await sendMessage(this.#chat, userId, { ...input, conversationId });
    return { told: [], answer: { status: 200, timestamp: Date.parse(sentAt), cId: conversationId } };
  }
}

const UNAUTHORIZED: readonly number[] = [401, 403, 404];

/** `unauthorized` for who may not, `refused` for all that is wrong otherwise. */
export function refused(
  error: unknown,
  { log, securityLog }: Pick<Chat, 'log' | 'securityLog'>,
  caller?: Caller,
): Outcome {
  const refusal = asRefusal(error) ?? new ChatError('internal', 'something went wrong on our side');
  if (refusal.code === 'internal') log.error({ err: error }, 'a frame failed');
  securityLog.refused(refusal, { ...caller, request: 'frame' });
  const status: number = STATUS_OF[refusal.code];
  const event = UNAUTHORIZED.includes(status) ? 'unauthorized' : 'refused';
  const data = { error: refusal.message };
  return { told: [{ event, data }], answer: { status, ...data } };
}

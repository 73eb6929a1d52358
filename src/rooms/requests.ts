import type { Client, MessageContext, Room } from '@colyseus/core';
import { z } from 'zod';
import type { Chat } from '../chat/chat.ts';
import { deleteMessage, editMessage } from '../chat/edit-message.ts';
import { idInput } from '../chat/inputs/ids.ts';
import {
  changesInput,
  deleteInput,
  editInput,
  historyInput,
  markInput,
  sendInput,
  typingInput,
} from '../chat/inputs/messages.ts';
import { parse } from '../chat/inputs/parse.ts';
import { moveMarks } from '../chat/move-marks.ts';
import type { RateName } from '../chat/rates.ts';
import { readChanges } from '../chat/read-changes.ts';
import { readHistory } from '../chat/read-history.ts';
import { sendMessage } from '../chat/send-message.ts';
import { announceTyping, type } from '../chat/typing.ts';
import { callerOf, conversationOf } from './occupant.ts';
import { type Refusal, refusalOf, refuse } from './refusals.ts';

/** Who asks, and about which conversation: the room's own, or the one that the payload names. */
export interface Asked {
  readonly chat: Chat;
  readonly callerId: string;
  readonly conversationId: string;
  readonly payload: unknown;
}

type Answer = (asked: Asked) => Promise<unknown>;

/** What can be asked of one conversation, in every room that shows one. Each command checks who asks. */
const conversationRequests: Record<string, Answer> = {
  send: ({ chat, callerId, conversationId, payload }) =>
    sendMessage(chat, callerId, { ...parse(sendInput, payload), conversationId }),
  edit: ({ chat, callerId, conversationId, payload }) =>
    editMessage(chat, callerId, { ...parse(editInput, payload), conversationId }),
  delete: ({ chat, callerId, conversationId, payload }) =>
    deleteMessage(chat, callerId, { ...parse(deleteInput, payload), conversationId }),
  typing: ({ chat, callerId, conversationId, payload }) =>
    type(chat, callerId, { ...parse(typingInput, payload), conversationId }),
  delivered: ({ chat, callerId, conversationId, payload }) =>
    moveMarks(chat, callerId, { conversationId, deliveredSeq: parse(markInput, payload).seq }),
  read: ({ chat, callerId, conversationId, payload }) =>
    moveMarks(chat, callerId, { conversationId, readSeq: parse(markInput, payload).seq }),
  history: ({ chat, callerId, conversationId, payload }) =>
    readHistory(chat, callerId, { ...parse(historyInput, payload ?? {}), conversationId }),
  changes: ({ chat, callerId, conversationId, payload }) =>
    readChanges(chat, callerId, { ...parse(changesInput, payload), conversationId }),
};

/** A room's clients are members, or would have been expelled: a sign of typing costs it no query. */
const typingInRoom: Answer = async ({ chat, callerId, conversationId, payload }) =>
  announceTyping(chat, callerId, { ...parse(typingInput, payload), conversationId });

/** Requests that are counted, and as what. Reading and marking are as cheap as they are necessary. */
const LIMITED: ReadonlyMap<string, RateName> = new Map([
  ['send', 'message'],
  ['edit', 'message'],
  ['delete', 'message'],
  ['typing', 'typing'],
]);

const namesConversation = z.object({ conversationId: idInput });

type OfClient = (client: Client, payload: unknown) => Promise<unknown>;
type Handler = (client: Client, payload: unknown, context: MessageContext) => unknown;

/** A room's answers by the name of the request. Made once for a kind of room: there may be very many of them. */
export type Handlers = ReadonlyMap<string, Handler>;

/** For a room that is one conversation, which is then the room's id. */
export function handlersOfConversation(chat: Chat): Handlers {
  return createHandlers(chat, { ...conversationRequests, typing: typingInRoom }, conversationOf);
}

/** For a room of all conversations: each payload says which one it means. */
export function handlersOfUser(chat: Chat, more: Record<string, OfClient>): Handlers {
  const named = (_client: Client, payload: unknown) => parse(namesConversation, payload).conversationId;
  const handlers = createHandlers(chat, conversationRequests, named);
  for (const [name, answer] of Object.entries(more)) handlers.set(name, createHandler(chat, name, answer));
  return handlers;
}

export function answer(room: Room, handlers: Handlers): void {
  for (const [name, handler] of handlers) room.onMessage(name, handler);
  room.onMessage('*', refuseUnknown);
}

function createHandlers(
  chat: Chat,
  requests: Record<string, Answer>,
  find: (client: Client, payload: unknown) => string,
): Map<string, Handler> {
  return new Map(
    Object.entries(requests).map(([name, answer]) => {
      const ofClient: OfClient = (client, payload) => {
        const conversationId = find(client, payload);
        return answer({ chat, callerId: callerOf(client).userId, conversationId, payload });
      };
      return [name, createHandler(chat, name, ofClient)];
    }),
  );
}

/**
 * A `request()` is answered or rejected; a plain `send()` gets an `ack` or an `error` message. Nothing is left
 * to Colyseus' own validation, which would close the socket.
 */
function createHandler(chat: Chat, name: string, answer: OfClient): Handler {
  const counted = limited(chat, LIMITED.get(name), answer);
  return (client, payload, context) => {
    const answered = attempt(counted, client, payload);
    if (context.id !== undefined) {
      return answered.catch((error: unknown) => {
        throw asWireError(refusalOf(error, chat, { client, request: name }));
      });
    }
    answered.then(
      (result) => client.send('ack', { request: name, ...(result as object | undefined) }),
      (error: unknown) => refuse(client, name, refusalOf(error, chat, { client, request: name })),
    );
    return undefined;
  };
}

function limited(chat: Chat, rate: RateName | undefined, answer: OfClient): OfClient {
  if (rate === undefined) return answer;
  return (client, payload) => {
    const { userId, sessionId } = callerOf(client);
    chat.limits.take(rate, { account: userId, device: sessionId });
    return answer(client, payload);
  };
}

/** Parsing throws at once; a promise lets both kinds of refusal take the same way. */
function attempt(answer: OfClient, client: Client, payload: unknown): Promise<unknown> {
  try {
    return answer(client, payload);
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Colyseus sends `name`, `message` and `code` of what is thrown, and hands its `stack` to the log, which tells by its
 * first line that a refusal is no fault.
 */
function asWireError({ code, message }: Refusal): Error {
  return Object.assign(new Error(message), { name: 'ChatError', code, stack: `ChatError: ${message}` });
}

function refuseUnknown(client: Client, name: string | number): void {
  refuse(client, String(name), { code: 'bad_request', message: 'unknown kind of message' });
}

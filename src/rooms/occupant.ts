import type { Client } from '@colyseus/core';
import { authenticate, type Caller } from '../chat/authenticate.ts';
import type { Chat } from '../chat/chat.ts';

/**
 * What Colyseus keeps as `client.auth`. Not a `Caller`: a property `sessionId` would become the client's own
 * session id, and two rooms' worth of sockets on one login would be taken for one.
 */
export interface Occupant {
  readonly userId: string;
  readonly loginId: string;
}

export async function admit(chat: Pick<Chat, 'database' | 'tokens'>, token: string): Promise<Occupant> {
  const { userId, sessionId } = await authenticate(chat, token);
  return { userId, loginId: sessionId };
}

export function callerOf(client: Pick<Client, 'auth'>): Caller {
  const { userId, loginId } = client.auth as Occupant;
  return { userId, sessionId: loginId };
}

/** Which conversation a client of a conversation's room is in: its requests are about that one. */
export function seat(client: Client, conversationId: string): void {
  client.userData = { conversationId };
}

export function conversationOf(client: Pick<Client, 'userData'>): string {
  return (client.userData as { conversationId: string }).conversationId;
}

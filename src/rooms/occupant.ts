import type { AuthContext, Client } from '@colyseus/core';
import { authenticate, type Caller } from '../chat/authenticate.ts';
import type { Chat } from '../chat/chat.ts';
import { issueSeatToken, type SeatClaims } from './seat-tokens.ts';

/**
 * What Colyseus keeps as `client.auth`. Not a `Caller`: a property `sessionId` becomes the client's own session id,
 * and two rooms' worth of sockets on one login would be taken for one.
 */
export interface Occupant {
  readonly userId: string;
  readonly loginId: string;
  /** Only of somebody who comes back: Colyseus gives them this seat instead of a new one. */
  readonly sessionId?: string;
}

export async function admit(
  chat: Pick<Chat, 'database' | 'tokens' | 'limits' | 'securityLog'>,
  token: string,
  { ip }: Pick<AuthContext, 'ip'>,
): Promise<Occupant> {
  const { userId, sessionId } = await authenticate(chat, token, { address: ip });
  chat.limits.take('join', { account: userId });
  return { userId, loginId: sessionId };
}

export function readmit({ userId, loginId, seat }: SeatClaims): Occupant {
  return { userId, loginId, sessionId: seat };
}

/** Gives a client what the SDK shows when it dials again. Colyseus sends it right after the room's `onJoin`. */
export async function giveSeatToken(
  chat: Pick<Chat, 'tokens'>,
  client: Client,
  { room, key }: Pick<SeatClaims, 'room' | 'key'>,
): Promise<void> {
  const { userId, loginId } = client.auth as Occupant;
  client.reconnectionToken = await issueSeatToken(chat, {
    room,
    key,
    userId,
    loginId,
    seat: client.sessionId,
  });
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

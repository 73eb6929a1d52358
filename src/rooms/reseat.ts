import { type AuthContext, matchMaker } from '@colyseus/core';
import type { Chat } from '../chat/chat.ts';
import { ChatError } from '../chat/errors.ts';
import { findMember } from '../chat/find-member.ts';
import { requireLiveSession } from '../chat/live-sessions.ts';
import { readSeatToken, type SeatClaims } from './seat-tokens.ts';

type SeatReservation = Awaited<ReturnType<typeof matchMaker.joinOrCreate>>;

/** Whose matchmaking stands on a seat token that was looked at already, instead of an access token. */
const returning = new WeakMap<AuthContext, SeatClaims>();

/** Undefined for everybody who joins in the ordinary way. */
export function returningSeat(context: AuthContext): SeatClaims | undefined {
  return returning.get(context);
}

/**
 * A seat for somebody who comes back: the old one if its room still keeps it, or else a new one, under the same id,
 * in that conversation's room wherever it is now. Undefined for who may not (any more).
 */
export async function reseat(chat: Chat, token: string): Promise<SeatReservation | undefined> {
  const claims = await readSeatToken(chat, token);
  if (claims === undefined) return undefined;
  const kept = await matchMaker
    .reconnect(claims.key, { reconnectionToken: token })
    // Disposed of, forgotten, or its node does not answer.
    .catch(() => undefined);
  if (kept !== undefined) return kept;
  try {
    await requireStillWelcome(chat, claims);
    const context = { headers: new Headers() } as AuthContext;
    returning.set(context, claims);
    return await matchMaker.joinOrCreate(claims.room, {}, context);
  } catch (error) {
    if (error instanceof ChatError && ['unauthenticated', 'not_found', 'forbidden'].includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

/** The room asks again when they enter; asked here, so that no room opens for somebody who may not. */
async function requireStillWelcome(chat: Chat, { room, key, userId, loginId }: SeatClaims): Promise<void> {
  if (room === 'inbox') await requireLiveSession(chat.database.em.fork(), loginId);
  else await findMember(chat, { userId, sessionId: loginId }, key);
}

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Chat } from '../chat/chat.ts';

/** One client's seat in a room: what is needed to give it to them again, in another process too. */
export interface SeatClaims {
  readonly room: 'inbox' | 'dialog' | 'group';
  /** The conversation, or for an inbox the person. */
  readonly key: string;
  readonly userId: string;
  readonly loginId: string;
  /** Colyseus' session id, which the SDK keeps for as long as it tries to come back. */
  readonly seat: string;
}

const NONCE_BYTES = 6;

const text = z.string();
const wireSchema = z.tuple([z.enum(['inbox', 'dialog', 'group']), text, text, text, text, text]);

/**
 * What the SDK shows when it dials again. Colyseus' own token is known to one process only; this one any node can
 * read, so that people outlive the node that they were on. It is good for one room and as long as their session is,
 * which is asked when it is used.
 *
 * Short, since Colyseus has one byte for its length.
 */
export async function issueSeatToken(chat: Pick<Chat, 'tokens'>, claims: SeatClaims): Promise<string> {
  const { room, key, userId, loginId, seat } = claims;
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const wire = [room, shorten(key), shorten(userId), shorten(loginId), seat, nonce];
  return chat.tokens.sign(JSON.stringify(wire));
}

export async function readSeatToken(
  chat: Pick<Chat, 'tokens'>,
  token: string,
): Promise<SeatClaims | undefined> {
  const wire = await chat.tokens.read(token);
  if (wire === undefined) return undefined;
  const [room, key, userId, loginId, seat] = wireSchema.parse(JSON.parse(wire));
  return { room, key: lengthen(key), userId: lengthen(userId), loginId: lengthen(loginId), seat };
}

function shorten(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url');
}

function lengthen(short: string): string {
  const hex = Buffer.from(short, 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

import { query } from '../entities/database.ts';
import type { Session } from '../entities/session.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { lockLiveSession } from './live-sessions.ts';
import { renewedSessionEnd, type SessionTerms } from './open-session.ts';
import { placeOf } from './place.ts';
import { tokenHash } from './tokens.ts';

export interface Renewal {
  readonly kind: string;
  readonly token: string | undefined;
  readonly address?: string | undefined;
  readonly terms: Required<SessionTerms>;
}

/**
 * A session goes on with new tokens, which `terms.alongside` adds. The token that asks for it is used up, and all
 * others of the session end with it. Who comes with it once more is refused, and nothing else happens: clients that
 * lost the answer cannot be told from thieves, and older wires know no second try.
 */
export async function renewSessionTokens(
  chat: Pick<Chat, 'database' | 'securityLog'>,
  { kind, token, address, terms }: Renewal,
): Promise<Session> {
  if (token === undefined) throw signInAgain();
  const renewed = await chat.database.em.fork().transactional(async (em) => {
    const [spent] = await query<{ session_id: string }>(em, SPEND, [tokenHash(token), kind]);
    if (spent === undefined) return undefined;
    const { session, now } = await lockLiveSession(em, spent.session_id);
    await query(em, END_OTHERS, [session.id]);
    session.lastUsedAt = now;
    session.place = placeOf(address) ?? session.place;
    session.expiresAt = renewedSessionEnd(session.createdAt, now, terms.lastsSeconds);
    await terms.alongside(em, session);
    return session;
  });
  if (renewed !== undefined) return renewed;
  chat.securityLog.tokenRefused({ address }, kind);
  throw signInAgain();
}

const SPEND = `
  update session_token set ended_at = clock_timestamp()
  where hash = $1 and kind = $2 and ended_at is null and expires_at > clock_timestamp() returning session_id`;

const END_OTHERS = `
  update session_token set ended_at = clock_timestamp() where session_id = $1 and ended_at is null`;

function signInAgain(): ChatError {
  return new ChatError('unauthenticated', 'sign in again');
}

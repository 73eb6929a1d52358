import { Session } from '../entities/session.ts';
import type { Caller } from './authenticate.ts';
import type { Chat } from './chat.ts';

export interface SessionView {
  readonly id: string;
  readonly device: string;
  /** The network that it was last used from. */
  readonly place: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
  /** The one that asks. */
  readonly current: boolean;
}

/** `id` breaks ties between sessions of the same millisecond. */
export interface SessionPosition {
  readonly createdAt: string;
  readonly id: string;
}

/** The caller's live sessions, newest first. */
export async function listSessions(
  chat: Pick<Chat, 'database'>,
  caller: Caller,
  page: { readonly limit: number; readonly after: SessionPosition | undefined },
): Promise<{ items: SessionView[]; next: SessionPosition | null }> {
  const { limit, after } = page;
  const at = after && new Date(after.createdAt);
  const older = at && { $or: [{ createdAt: { $lt: at } }, { createdAt: at, id: { $lt: after.id } }] };
  const found = await chat.database.em
    .fork()
    .find(
      Session,
      { userId: caller.userId, revokedAt: null, expiresAt: { $gt: new Date() }, ...older },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: limit + 1 },
    );
  const items = found.slice(0, limit).map((session) => sessionView(session, caller));
  const last = items.at(-1);
  const next = found.length > limit && last ? { createdAt: last.createdAt, id: last.id } : null;
  return { items, next };
}

function sessionView(session: Session, caller: Caller): SessionView {
  return {
    id: session.id,
    device: session.device,
    place: session.place ?? null,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    current: session.id === caller.sessionId,
  };
}

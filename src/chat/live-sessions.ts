import { LockMode } from '@mikro-orm/core';
import type { Bus, Subscription } from '../bus/bus.ts';
import { databaseNow, type EntityManager } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import { ChatError } from './errors.ts';
import { topics } from './events.ts';
import type { SecurityLog } from './security-log.ts';

/** Something that lives on a session's authority and must end with it: a room's client, a socket. */
export interface SessionUser {
  end(): void;
}

interface SessionsEnded {
  readonly sessionIds: readonly string[];
}

/** What of this node hangs on which session, so that a revoked one loses its sockets at once, on every node. */
export class LiveSessions {
  readonly #bus: Bus;
  readonly #securityLog: SecurityLog;
  readonly #users = new Map<string, Set<SessionUser>>();
  readonly #subscription: Subscription;

  constructor(bus: Bus, securityLog: SecurityLog) {
    this.#bus = bus;
    this.#securityLog = securityLog;
    this.#subscription = bus.subscribe(topics.sessions, (payload) => {
      this.endHere((payload as SessionsEnded).sessionIds);
    });
  }

  /** Returns the way to take it back when the socket closes by itself. */
  add(sessionId: string, user: SessionUser): () => void {
    const users = this.#users.get(sessionId) ?? new Set();
    this.#users.set(sessionId, users.add(user));
    return () => {
      users.delete(user);
      if (users.size === 0 && this.#users.get(sessionId) === users) this.#users.delete(sessionId);
    };
  }

  /** After the commit that revoked them. */
  announceEnded(sessionIds: readonly string[]): void {
    if (sessionIds.length === 0) return;
    const payload: SessionsEnded = { sessionIds };
    this.#securityLog.sessionsEnded(sessionIds);
    this.#bus.publish(topics.sessions, payload);
  }

  endHere(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) {
      for (const user of [...(this.#users.get(sessionId) ?? [])]) user.end();
    }
  }

  close(): void {
    this.#subscription.close();
  }
}

/** Nobody else changes or ends this session until the transaction is over. */
export async function lockLiveSession(
  em: EntityManager,
  sessionId: string | undefined,
): Promise<{ readonly session: Session; readonly now: Date }> {
  const lockMode = LockMode.PESSIMISTIC_WRITE;
  const session = sessionId === undefined ? null : await em.findOne(Session, sessionId, { lockMode });
  const now = await databaseNow(em);
  if (!session?.isLive(now)) throw new ChatError('unauthenticated', 'sign in again');
  return { session, now };
}

/** For whoever comes back on the strength of something older than the session's end. */
export async function requireLiveSession(em: EntityManager, sessionId: string): Promise<void> {
  const session = await em.findOne(Session, sessionId);
  if (!session?.isLive(new Date())) throw new ChatError('unauthenticated', 'this session has ended');
}

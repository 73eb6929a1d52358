import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from '../authenticate.ts';
import type { Chat } from '../chat.ts';
import { LOBBY_CLAIM_LOOK_MS, MAX_LOBBY_CLAIM_LOOK_MS } from '../limits.ts';
import { moveMarks } from '../move-marks.ts';
import { type Claimed, claimNext, giveBack, type Settlement, settle } from './next-event.ts';

type Needs = Pick<Chat, 'database' | 'links' | 'lobby' | 'feeds' | 'marks' | 'log'>;

/** An event that is being shown. Exactly one of the two has to be called, or it comes again after a while. */
export interface Shown {
  readonly event: Claimed;
  /** It was written; what was a message counts as delivered. */
  settle(settlement: Settlement): void;
  /** It was not. */
  giveBack(): void;
}

export interface WaitForEvent {
  readonly waitMs: number;
  /** Whoever asked has hung up. */
  readonly signal: AbortSignal;
}

/** The visitor's next event, on whatever node they ask. Undefined when none came in time, or they are gone. */
export async function waitForEvent(
  chat: Needs,
  caller: Caller,
  { waitMs, signal }: WaitForEvent,
): Promise<Shown | undefined> {
  const visitor = chat.lobby.welcome(caller);
  const { sessionId } = caller;
  const deadline = performance.now() + waitMs;
  await visitor.listen(chat);
  let pause = LOBBY_CLAIM_LOOK_MS;
  for (;;) {
    // What this node has just shown them need not be asked of the database.
    await visitor.settled;
    if (visitor.gone || signal.aborted) return undefined;
    const { version } = visitor;
    const next = await claimNext(chat, sessionId);
    if (next === 'gone' || next === 'dropped') return undefined;
    const left = deadline - performance.now();
    if (next === 'busy') {
      if (left <= 0) return undefined;
      await delay(Math.min(pause, left), undefined, { signal }).catch(() => {});
      pause = Math.min(pause * 2, MAX_LOBBY_CLAIM_LOOK_MS);
    } else if (next === 'nothing') {
      if (left <= 0) return undefined;
      await visitor.wait(version, left, signal);
      if (visitor.version === version) return undefined;
    } else return shown(chat, caller, next);
  }
}

function shown(chat: Needs, caller: Caller, event: Claimed): Shown {
  const { userId, sessionId } = caller;
  const visitor = chat.lobby.welcome(caller);
  const write = (work: Promise<unknown>): void => {
    // Shown again rather than never, if it cannot be written down.
    const noted = work.catch((error) => chat.log.warn({ err: error }, 'what was shown could not be noted'));
    visitor.settled = Promise.all([visitor.settled, noted]);
  };
  return {
    event,
    settle(settlement) {
      write(settle(chat, sessionId, event, settlement));
      if (event.kind === 'message' && event.message.senderId !== userId) deliver(chat, userId, event);
    },
    giveBack() {
      write(giveBack(chat, sessionId, event).then(() => visitor.look()));
    },
  };
}

function deliver(
  chat: Needs,
  userId: string,
  { message, conversationId }: Extract<Claimed, { kind: 'message' }>,
): void {
  // Who has left meanwhile has no mark to move.
  moveMarks(chat, userId, { conversationId, deliveredSeq: message.seq }).catch(() => {});
}

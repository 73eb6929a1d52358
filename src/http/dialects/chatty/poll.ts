import type { Chat } from '../../../chat/chat.ts';
import { waitForEvent } from '../../../chat/lobby/wait-for-event.ts';
import type { App } from '../../app.ts';
import { hangUp, whenWritten } from '../when-written.ts';
import { framesOf } from './events.ts';

export interface PollOptions {
  readonly waitMs: number;
  /** This node goes: nobody is kept waiting. */
  readonly closing: AbortSignal;
}

/** One event, or nothing when none came in time. An event is over when it is written, and not before. */
export function pollRoute(app: App, chat: Chat, base: string, { waitMs, closing }: PollOptions): void {
  app.get(`${base}/api/loggedonly/poll`, async (c) => {
    const { outgoing } = c.env;
    const signal = AbortSignal.any([hangUp(outgoing), closing]);
    const shown = await waitForEvent(chat, c.get('chattyCaller'), { waitMs, signal });
    if (shown === undefined) return c.body(null);
    try {
      const frames = await framesOf(chat, shown.event);
      const part = shown.event.kind === 'message' ? 0 : Math.min(shown.event.shownParts, frames.length - 1);
      whenWritten(outgoing, {
        written: () => shown.settle({ more: part + 1 < frames.length }),
        lost: () => shown.giveBack(),
      });
      return c.json(frames[part]!);
    } catch (error) {
      shown.giveBack();
      throw error;
    }
  });
}

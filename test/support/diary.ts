import { vi } from 'vitest';
import type { ChatEvent, KeptEvent } from '../../src/chat/events.ts';
import type { Face } from '../../src/chat/face.ts';

/** Keeps what it is shown and applies it the way a client does. */
export class Diary implements Face {
  readonly events: ChatEvent[] = [];
  readonly texts = new Map<number, string>();

  deliver(event: ChatEvent): void {
    this.events.push(event);
    if (event.type === 'message' || event.type === 'changed')
      this.texts.set(event.message.seq, event.message.text);
  }

  /** The order in which new messages of a conversation were shown. */
  seqs(conversationId: string): number[] {
    return this.of('message', conversationId).map((event) => event.message.seq);
  }

  of<Type extends KeptEvent['type']>(type: Type, conversationId: string) {
    return this.events.filter(
      (event): event is Extract<KeptEvent, { type: Type }> =>
        event.type === type && (event as KeptEvent).conversationId === conversationId,
    );
  }
}

/** Waits for the event, however long a loaded machine needs for it. */
export const eventually = (fact: () => void): Promise<void> =>
  vi.waitFor(fact, { timeout: 20_000, interval: 20 });

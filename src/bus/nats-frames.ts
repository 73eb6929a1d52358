import { createHash } from 'node:crypto';
import type { BusPayload } from './bus.ts';

/** What a node sends and takes in one frame; NATS' own default limit. */
export const MAX_FRAME_BYTES = 1_048_576;
/** NATS cuts the connection of a client whose command line passes 4,096 bytes. */
const MAX_TOPIC_CHARACTERS = 200;

const PLAIN_TOPIC = /^[\w:$/@+=-]+(?:\.[\w:$/@+=-]+)*$/;

/**
 * The NATS subject of a topic. A topic that NATS would take for a pattern, for two words or for two commands
 * gets a subject made of its hash; no plain topic contains the `~` in front of it.
 */
export function subjectOf(prefix: string, topic: string): string {
  if (topic.length <= MAX_TOPIC_CHARACTERS && PLAIN_TOPIC.test(topic)) return `${prefix}.${topic}`;
  return `${prefix}.~${createHash('sha256').update(topic).digest('base64url')}`;
}

export function isPlainTopic(topic: string): boolean {
  return PLAIN_TOPIC.test(topic);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Encodes an object once, however many topics it is published on in a row. */
export class FrameEncoder {
  #last: { payload: BusPayload; frame: Uint8Array } | undefined;

  /** Throws what JSON throws. */
  encode(payload: BusPayload): Uint8Array {
    if (this.#last?.payload === payload) return this.#last.frame;
    const frame = encoder.encode(JSON.stringify(payload));
    // Only for this turn: later the same object may have changed, and it should not be kept alive.
    if (this.#last === undefined) queueMicrotask(() => this.#forget());
    this.#last = { payload, frame };
    return frame;
  }

  #forget(): void {
    this.#last = undefined;
  }
}

/** Undefined when it is none of ours: too large, not UTF-8, not JSON, or not an object. */
export function decodeFrame(frame: Uint8Array): BusPayload | undefined {
  if (frame.length > MAX_FRAME_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(decoder.decode(frame));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

import { getMessageBytes, Protocol } from '@colyseus/core';
import type { ChatEvent } from '../chat/events.ts';

const encoded = new WeakMap<ChatEvent, Buffer>();

/** The event as a Colyseus message, encoded once for all rooms and clients of this node. */
export function frameOf(event: ChatEvent): Buffer {
  let frame = encoded.get(event);
  if (frame === undefined) {
    const { type, ...payload } = event;
    frame = getMessageBytes.raw(Protocol.ROOM_DATA, type, payload);
    encoded.set(event, frame);
  }
  return frame;
}

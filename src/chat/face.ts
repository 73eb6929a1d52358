import type { ChatEvent } from './events.ts';

/** Whoever shows a feed or a conversation to somebody: a room, a legacy socket, a long poll. Must not throw. */
export interface Face {
  deliver(event: ChatEvent): void;
}

/** Hands one event to all; each face encodes it for its own wire, once per wire where it can. */
export function deliverToAll(faces: Iterable<Face>, event: ChatEvent): void {
  for (const face of faces) face.deliver(event);
}

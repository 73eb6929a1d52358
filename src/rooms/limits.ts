/** Every limit of the rooms, by name. */

/**
 * Bytes that may wait for a client that does not read; one more event and it is cut off. Room enough for a
 * batch of long texts, which a client that does read gets in one turn.
 */
export const MAX_UNREAD_BYTES = 4 * 1_048_576;
/** Unsent messages pause while more than this waits in the client's socket. */
export const PAUSE_UNSENT_BYTES = 262_144;
/** Events that are held back while a client is still being sent what it missed. */
export const MAX_HELD_EVENTS = 10_000;
/** How long a client may take to confirm that it has joined; nothing is sent to it before. */
export const JOIN_PATIENCE_MS = 10_000;
export const UNSENT_PAGE = 200;
/** How often a paused page of unsent messages looks whether the client has caught up. */
export const UNSENT_POLL_MS = 25;

/** Changes of state within this time go out as one patch. */
export const PATCH_MS = 50;
/** Patches are sent when something changed (see above); this only keeps the room's clock going. */
export const IDLE_PATCH_RATE_MS = 60_000;

/** How long a dropped client's seat is kept for the SDK's own reconnection. */
export const RECONNECTION_SECONDS = 20;

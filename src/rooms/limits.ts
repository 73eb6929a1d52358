/** Every limit of the rooms, by name. */

/** Unsent messages pause while more than this waits in the client's socket. */
export const PAUSE_UNSENT_BYTES = 262_144;
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

/** Why the server closes a socket. The SDK reconnects by itself on 4010 and on a broken line, not on the others. */
export const CLOSE_CODES = {
  /** The session was revoked, or this person may no longer be here. */
  ended: 4001,
  /** This node stops; any other takes over. */
  goingAway: 4010,
} as const;

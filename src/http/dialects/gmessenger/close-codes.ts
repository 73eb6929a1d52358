/** Why a socket is closed here. */
export const CLOSE_CODES = {
  /** What came is no frame of this wire. */
  badFrame: 1007,
  /** Not a member, not any more, or signed out. */
  notAllowed: 1008,
  internal: 1011,
} as const;

/** Every limit that all dialects share, by name. */

/** The largest frame of a client, unless its dialect carries files in them. */
export const MAX_DIALECT_FRAME_BYTES = 64 * 1024;
/** Frames of a client that wait until those before them are done; from then on it is not read any more. */
export const MAX_HELD_FRAMES = 32;
/** How often something is tried, a second apart, for a client that cannot be told to try again. */
export const MAX_TRIES = 5;
/** The same, counted in characters: where frames carry files, a few are much. */
export const MAX_HELD_LENGTH = 256 * 1024;

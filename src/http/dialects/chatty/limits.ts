/** Every limit of this dialect, by name. */

export const LAST_MESSAGES = 50;
export const MIN_PASSWORD = 6;
export const MAX_PASSWORD = 14;
/** Letters of a token in a mail: 114 bit. */
export const TOKEN_LETTERS = 20;
/** The cookie's life. Its session ends long before, when nothing is heard of its client. */
export const COOKIE_SECONDS = 7 * 24 * 60 * 60;

/** Every limit of this dialect, by name. */

/** From the sign-in; used or not. */
export const SESSION_SECONDS = 24 * 60 * 60;
/** What opens one socket, once. */
export const OTP_SECONDS = 30;
export const MAX_LOGIN_LENGTH = 254;

/** Everybody there is and one's groups: the rest of it is asked for with `offset`. */
export const MAX_CHATS = 1_000;
export const DEFAULT_MESSAGES = 100;
export const MAX_MESSAGES = 1_000;
export const MAX_OFFSET = 2_147_483_647;
/** People whose last visit is told at once, and asked for by name. */
export const MAX_PEOPLE = 1_000;
/** Messages that the relay hands out at once. */
export const MAX_UNSENT = 1_000;

/** Somebody who says that they are active is online for so long, socket or not. */
export const ACTIVE_SECONDS = 60;
/** Conversations that changed last, of whose dialogs a list of chats is told who comes and goes. */
export const MAX_WATCHED = 100;

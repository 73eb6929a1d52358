/** Every limit of this dialect's own, by name. */

/** Characters of a username or a display name, as its tables have it. */
export const MAX_GNW_NAME_LENGTH = 255;
/** Addresses that one request invites. */
export const MAX_INVITED_AT_ONCE = 20;
/** Conversations that one list names: those that changed last. */
export const MAX_LISTED_CONVERSATIONS = 1_000;
/** How long `/pending` shows what was answered. */
export const ANSWERED_SHOWN_DAYS = 30;

/** Of what a message is said to be, and levels of what is in it. */
export const MAX_TYPE_LENGTH = 64;
export const MAX_PAYLOAD_DEPTH = 64;

/** Conversations that one `fetchChat` asks for. */
export const MAX_FETCHED_CONVERSATIONS = 100;
/** Messages that one `fetchChat` brings of all of them together, and their characters: the newest ones. */
export const MAX_FETCHED_MESSAGES = 2_000;
export const MAX_FETCHED_CHARACTERS = 2_000_000;

/** Events of one Socket.IO client that wait for those before them; with one more it is cut off. */
export const MAX_WAITING_EVENTS = 256;
/** How long a Socket.IO client may take to say which namespace it wants. */
export const NAMESPACE_MS = 10_000;

/** Every limit of this dialect, by name. */

/** A frame of the socket with files in it, and a form with files: larger ones go by the native API. */
export const MAX_FRAME_BYTES = 16 * 1_048_576;
export const MAX_FORM_BYTES = 16 * 1_048_576;
/** Forms with files that a node reads at once, each of them in memory. */
export const MAX_FORMS_AT_ONCE = 32;

export const ACCESS_SECONDS = 12 * 60 * 60;
export const REFRESH_SECONDS = 100 * 24 * 60 * 60;

export const DEFAULT_PAGE_SIZE = 10;
export const MAX_PAGE_SIZE = 100;
/** Beyond this there is no page, however many there are on one. */
export const MAX_PAGE_NUMBER = 10_000_000;

export const MAX_USERNAME_LENGTH = 150;
export const MAX_PERSON_NAME_LENGTH = 150;

/** When the other one's mark moves over more of one's messages, only the newest ones are told of. */
export const MAX_TOLD_BY_MARK = 50;

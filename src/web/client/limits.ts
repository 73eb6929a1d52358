/** Every limit of the client, by name. */

/** How long a request may go without an answer, and joining a room. */
export const REQUEST_MS = 15_000;
export const JOIN_MS = 10_000;
/** A token is replaced when less than this is left of its life, or this part of a short life. */
export const TOKEN_SPARE_MS = 60_000;
export const TOKEN_SPARE_PART = 0.2;

/** The first pause before coming back is random up to the first, then twice that, up to the longest. */
export const FIRST_PAUSE_MS = 500;
export const LONGEST_PAUSE_MS = 30_000;
/** A line that held for so long was a good one: the pauses begin anew. */
export const GOOD_LINE_MS = 10_000;
/** How often an idle line is tried, and how long the answer may take until it counts as dead. */
export const HEARTBEAT_MS = 20_000;
export const PONG_MS = 8_000;
/** Whoever just looks at a conversation on the way to another does not join its room. */
export const SETTLE_MS = 250;

/** What the server has on one page at the most, and names as positions. */
export const MAX_PAGE = 200;
export const MAX_POSITIONS = 2_000;
export const MAX_LISTED_PAGES = MAX_POSITIONS / MAX_PAGE;
/** Of a large group, so many members are read; ten pages would be two megabytes. */
export const MAX_MEMBER_PAGES = 5;
export const MAX_MEMBERS_READ = MAX_MEMBER_PAGES * MAX_PAGE;

/** Messages on one page of history, and in memory of one conversation: the far end goes when more are read. */
export const HISTORY_PAGE = 50;
export const MAX_WINDOW = 400;
/** Conversations that are kept in memory besides their line in the list. */
export const MAX_THREADS = 5;
/** Of more conversations than this the list is read again, instead of what changed in each. */
export const MAX_CAUGHT_UP_SINGLY = 20;
export const CATCH_UPS_AT_ONCE = 4;
/** Events that wait for an answer that comes before them; with more, everything is read again. */
export const MAX_HELD_EVENTS = 5_000;

/** Marks are told at most this often. */
export const MARKS_MS = 250;
/** Typing is told again after this while it lasts, well within the server's 6 s; and ends after a pause. */
export const TYPING_REPEAT_MS = 3_000;
export const TYPING_PAUSE_MS = 4_000;

/** Messages of one person that may wait to be sent. */
export const MAX_PENDING = 1_000;
/** People who were asked for one by one. */
export const MAX_PEOPLE = 2_000;

/** Every limit of the core that is not configuration, by name. */

/** Characters (UTF-16 units) in one message. */
export const MAX_TEXT_LENGTH = 8_000;
export const MAX_CLIENT_ID_LENGTH = 64;
export const MAX_ATTACHMENTS = 10;

/** Messages, users, friendships, conversations on one page. */
export const MAX_PAGE = 200;
export const DEFAULT_PAGE = 50;
/** Messages of one's own of which one is told live how far they have come. */
export const MAX_PENDING = 1_000;

/** Rows that `changes(since)` returns at the most; who missed more starts again (`reset`). */
export const MAX_CHANGES = 1_000;

/** Friends, requests and dialogs in one list, for wires that know no pages of them. */
export const MAX_TIES = 1_000;

/** Up to this many members every one's own topic gets each event; above, only the conversation's. */
export const SMALL_GROUP = 100;
export const MAX_MEMBERS = 10_000;
/** Characters in what a group says it is about. */
export const MAX_GROUP_DESCRIPTION_LENGTH = 500;
/** People that one request may add to a group. */
export const MAX_MEMBERS_ADDED = 500;

/** Messages, or marks, that one statement commits. */
export const MAX_BATCH = 500;
/** Messages, or marks, that wait for the next statement before the writer says `busy`. */
export const MAX_QUEUED = 20_000;

/** How long an event may wait for the one before it until that one is fetched from the database. */
export const HOLE_PATIENCE_MS = 100;
/** Events that wait behind a hole; more are dropped, for filling the hole brings them anyway. */
export const MAX_WAITING_EVENTS = 1_000;

/**
 * How far back before its last success each position check looks. A change is stamped before it commits, so a
 * round must see again what was stamped before the last one: longer than any transaction of ours takes.
 */
export const LOOK_BACK_MS = 10_000;
/** Whoever could not look for longer than this compares all that is open instead of all that changed. */
export const MAX_LOOK_BACK_MS = 60_000;
/** Conversations, or people, that one statement of a check asks for. */
export const MAX_CHECKED_AT_ONCE = 5_000;

/** Conversations whose member list a node remembers. */
export const MAX_CACHED_CONVERSATIONS = 20_000;

/** A person who types is shown to do so for this long after the last sign of it. */
export const TYPING_MS = 6_000;

/** Positions that an inbox is told at first: those of the conversations that changed last. */
export const MAX_POSITIONS = 2_000;

/** Conversations that are told when somebody comes or goes. */
export const MAX_PRESENCE_CONVERSATIONS = 1_000;
/** Conversations that are told when somebody has another name or picture, and people, their own topics. */
export const MAX_USER_CONVERSATIONS = 1_000;
export const MAX_USER_HEARERS = 10_000;
/** People of whom a feed or an open conversation remembers what was said last. */
export const MAX_TOLD_PRESENCE = 10_000;
/** A face that has just come has surely read by then who is online; well below `LOOK_BACK_MS`. */
export const READING_MS = 5_000;
/** How long the database keeps who came and went; far longer than any check that goes through it looks back. */
export const PRESENCE_CHANGES_KEPT_MS = 15 * 60_000;
/** The shortest pause between two renewals of a lease. */
export const MIN_LEASE_PAUSE_MS = 100;

export const ACCESS_TOKEN_SECONDS = 15 * 60;
/** Without being used, and in all: then one has to sign in again. */
export const SESSION_DAYS = 60;
export const MAX_SESSION_DAYS = 180;
/** For so long a used refresh token answers once more what it answered. */
export const REFRESH_GRACE_MS = 10_000;
/** How often it is written down that a session is in use. */
export const USE_NOTED_EVERY_MS = 60_000;
export const MAX_DEVICE_LENGTH = 100;
/** What an admin may write down as the reason. */
export const MAX_NOTE_LENGTH = 500;

/** How long a link or a code in a mail is good for. */
export const EMAIL_TOKEN_SECONDS = {
  verify: 24 * 60 * 60,
  reset: 60 * 60,
  passcode: 10 * 60,
  password: 10 * 60,
} as const;
/** One person gets a code for a new password this often at the most: each one ends the one before. */
export const PASSWORD_CODE_PAUSE_SECONDS = 60;
/** How often one may guess at a code before it is good for nothing. */
export const MAX_CODE_TRIES = 5;
/** What trying a passcode takes, with and without an account; well above what the database needs. */
export const PASSCODE_ANSWER_MS = 150;

/** Members of one conversation that are named in a list of conversations, for wires that know no pages. */
export const MAX_MEMBERS_NAMED = 200;
/** Friends and requests of one person, for wires that know no pages. */
export const MAX_ACQUAINTANCES = 10_000;

/** New invitations by email that one person may send in a day, and requests that proving an address brings. */
export const MAX_INVITATIONS_A_DAY = 20;
export const MAX_INVITATIONS_HONOURED = 100;

/** Mails that are sent at once, and that wait for it; who wants another one is told `busy`. */
export const MAX_MAILS_AT_ONCE = 4;
export const MAX_MAILS_QUEUED = 1_000;
/** A server that stops gives mails this long to go out. */
export const MAIL_DRAIN_MS = 3_000;

/** Exports of one person, and of all, that one node writes at once. */
export const MAX_EXPORTS_PER_PERSON = 1;
export const MAX_EXPORTS_AT_ONCE = 4;
/** Rows that an export reads at once. */
export const EXPORT_PAGE = 500;
/** A multiple of a page. */
export const EXPORTED_MESSAGES_PER_FILE = 10_000;
/** What a zip can count without its extension for larger ones, which our packer does not write. */
export const MAX_ZIP_BYTES = 2 ** 32 - 1;
export const MAX_ZIP_FILES = 2 ** 16 - 1;
/** What is in uploaded files, all together: the rest of the zip is for what is said. */
export const MAX_EXPORTED_UPLOAD_BYTES = 3 * 1024 ** 3;

/** Passwords that are hashed or checked at once, and that wait for it. */
export const MAX_HASHES_AT_ONCE = 2;
export const MAX_HASHES_QUEUED = 200;

/** How long a question to whoever signs in, or to their passkey, awaits its answer. */
export const CHALLENGE_SECONDS = 5 * 60;
/** Wrong second factors after which a sign-in begins anew. */
export const MAX_FACTOR_TRIES = 5;
/** Codes of an authenticator app are 30 seconds long; its clock may be one code off. */
export const TOTP_TOLERANCE_SECONDS = 30;
/** Wrong codes in a row, over all sign-ins, after which none is taken for a while. */
export const MAX_TOTP_FAILURES = 10;
export const TOTP_PAUSE_SECONDS = 15 * 60;
export const RECOVERY_CODES = 10;
export const MAX_PASSKEYS = 20;
/** An account without a password proves itself afresh by having signed in this lately. */
export const FRESH_SESSION_SECONDS = 10 * 60;

/** How long somebody may take at the provider, and a client then to make use of it. */
export const OIDC_VISIT_SECONDS = 10 * 60;
export const PROVEN_IDENTITY_SECONDS = 60;
export const MAX_IDENTITIES = 10;
export const MAX_RETURN_URL_LENGTH = 1_000;

/** Expired rows that are removed at once, when a new one is added. */
export const MAX_SWEPT = 100;

/** Uploads of one person at once, on all nodes together; and of everybody, on one node. */
export const MAX_UPLOADS_AT_ONCE = 4;
export const MAX_UPLOADS_OF_NODE = 64;
/** Files of one person, however small. */
export const MAX_FILES_OF_PERSON = 10_000;
export const MAX_AVATAR_BYTES = 8 * 1024 * 1024;
/** Characters in the name of a file. */
export const MAX_FILE_NAME_LENGTH = 150;

/** A picture unpacked, all its frames together: four bytes each in memory. */
export const MAX_IMAGE_PIXELS = 50_000_000;
export const MAX_IMAGE_FRAMES = 500;
/** Larger pictures are made smaller. */
export const MAX_IMAGE_SIDE = 4_096;
export const THUMB_SIDE = 320;
export const AVATAR_SIDE = 512;
/** Pictures that are made at once, that wait for it, and how long one step of it may take. */
export const MAX_IMAGES_AT_ONCE = 2;
export const MAX_IMAGES_QUEUED = 50;
export const IMAGE_SECONDS = 20;

/** Links to files change this often, and are good for one to two times as long. */
export const MEDIA_LINK_STEP_SECONDS = 12 * 60 * 60;

/** How often a node looks for files that nobody wants any more, and how many it takes at a time. */
export const SWEEP_MS = 60_000;
export const MAX_MEDIA_SWEPT = 100;
/** What was uploaded and never sent stays for this long; what could not be removed is tried again after this. */
export const LOOSE_MEDIA_SECONDS = 24 * 60 * 60;
export const REMOVAL_RETRY_SECONDS = 5 * 60;
/** Making pictures and storing them, after the last byte has come. */
export const UPLOAD_AFTERMATH_SECONDS = 5 * 60;

/** Accounts, or addresses, of which a node remembers how often they asked for one kind of thing. */
export const MAX_COUNTED = 100_000;

/** How failures to sign in are held against whoever is counted: some are free, then the delay doubles. */
export interface Delay {
  readonly free: number;
  readonly firstSeconds: number;
  readonly mostSeconds: number;
  /** A right password takes all of it back, instead of its own attempt only. */
  readonly forgiven: boolean;
}

export const SIGN_IN_DELAYS = {
  /** One name from one address. */
  pair: { free: 5, firstSeconds: 1, mostSeconds: 15 * 60, forgiven: true },
  /** A device that had signed in to this account before. */
  device: { free: 10, firstSeconds: 1, mostSeconds: 15 * 60, forgiven: true },
  /** One address, whatever the name. */
  address: { free: 50, firstSeconds: 1, mostSeconds: 15 * 60, forgiven: false },
  /** One name, from all places that are new to it: a brake, not a lock. */
  name: { free: 50, firstSeconds: 1, mostSeconds: 10, forgiven: false },
} as const satisfies Record<string, Delay>;
export const SIGN_IN_FAILURES_KEPT_SECONDS = 6 * 60 * 60;

/** Addresses from which somebody has signed in are known as theirs for so long, and so many of them. */
export const KNOWN_PLACE_DAYS = 90;
export const MAX_KNOWN_PLACES = 50;
export const DEVICE_TOKEN_SECONDS = 365 * 24 * 60 * 60;

/** Without a sign of life for so long a visitor of the lobby is gone; how often a sign of life is written down. */
export const LOBBY_PATIENCE_MS = 60_000;
export const LOBBY_SIGN_EVERY_MS = 5_000;
/** Events that wait for one visitor; one more and all of them are dropped. */
export const MAX_LOBBY_WAITING = 1_000;
/** Events that the log keeps for visitors who do not fetch theirs. */
export const MAX_LOBBY_KEPT = 100_000;
/** Groups that one visitor is in at once, and seats that they have given up without hearing all there was. */
export const MAX_LOBBY_SEATS = 100;
/** Public groups in one list, and people in one list of who is in a group. */
export const MAX_LOBBY_GROUPS = 500;
export const MAX_LOBBY_PEOPLE = 1_000;
/** Requests of one visitor that wait for an event at one node; one more sends the oldest away. */
export const MAX_LOBBY_WAITS = 8;
/** An event that is being written to its visitor is held for nobody else longer than this: its node may be dead. */
export const LOBBY_CLAIM_MS = 5_000;
/** How often a claim that another node holds is looked at again, at first and at the most. */
export const LOBBY_CLAIM_LOOK_MS = 5;
export const MAX_LOBBY_CLAIM_LOOK_MS = 200;
/** Visitors that one round of a node's check sends away. */
export const MAX_LOBBY_SWEPT = 200;

/**
 * Bytes that may wait for a client that does not read; one more event and it is cut off. Room enough for a
 * batch of long texts, which a client that does read gets in one turn.
 */
export const MAX_UNREAD_BYTES = 4 * 1_048_576;
/** Events that wait for one client: until it has what it missed, or until those before them are in its words. */
export const MAX_HELD_EVENTS = 10_000;

/** Of what strangers can cause in the log, so many entries of each event in such a while; the rest is counted. */
export const MAX_REFUSAL_ENTRIES = 100;
export const REFUSAL_ENTRIES_MS = 60_000;

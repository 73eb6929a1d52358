import type {
  Conversation,
  ConversationInfo,
  Friendship,
  Member,
  Message,
  OwnUser,
  Role,
  User,
} from './wire.ts';

/** `ended`: the session is over, and nothing is tried any more. */
export type Connectedness = 'offline' | 'connecting' | 'online' | 'ended';

export interface Presence {
  readonly online: boolean;
  readonly lastSeenAt: string | null;
}

/**
 * The part of a conversation that is in memory: without gaps in `seq`, at most `MAX_WINDOW` messages. Older ones exist
 * if it does not begin with 1, newer ones if it does not end with the conversation's `lastSeq`.
 */
export interface Thread {
  readonly conversationId: string;
  /** Ascending by `seq`. Messages that did not change are the same objects as before. */
  readonly messages: readonly Message[];
  /** Those who are in it; of a large group, the first `MAX_MEMBERS_READ`. */
  readonly members: ReadonlyMap<string, Member>;
  /** Everything up to here has been applied. */
  readonly rev: number;
  /** False until the newest page has come. */
  readonly loaded: boolean;
}

/** Who is in the open conversation's room, which is asked for nothing else. */
export interface Room {
  readonly conversationId: string;
  readonly online: ReadonlySet<string>;
}

export interface PendingFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** What was chosen, to be shown and uploaded. */
  readonly blob: Blob;
  /** Once it is uploaded. */
  readonly id: string | null;
  /** From 0 to 1, where the browser tells it. */
  readonly progress: number;
}

/**
 * `waiting`: not known to be stored, and sent again until it is. `sent`: stored, and about to appear in the thread.
 * `refused`: the server said no and would say so again; kept until it is retried or discarded.
 */
export type PendingState = 'waiting' | 'sending' | 'sent' | 'refused';

/** A message that is on its way: it has a `clientId`, and no `seq` yet. */
export interface Pending {
  readonly clientId: string;
  readonly conversationId: string;
  readonly text: string;
  readonly replyTo: number | null;
  readonly files: readonly PendingFile[];
  /** ISO 8601, by this device's clock. */
  readonly createdAt: string;
  readonly state: PendingState;
  /** Once it is stored. */
  readonly seq: number | null;
  /** Why it was refused. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface Draft {
  readonly text: string;
  readonly replyTo?: number | undefined;
  readonly files?: readonly File[] | undefined;
}

/** Everything that a chat page shows, at one moment. Never changed: what changes is made anew, the rest is the same. */
export interface Snapshot {
  readonly me: OwnUser | null;
  readonly connection: Connectedness;
  /** False until the lists have been read once. */
  readonly loaded: boolean;
  readonly conversations: ReadonlyMap<string, Conversation>;
  /** By their own id. What has ended is not among them. */
  readonly friendships: ReadonlyMap<string, Friendship>;
  /** Of friends, by user id. */
  readonly presence: ReadonlyMap<string, Presence>;
  /** Whom one blocks, by user id. */
  readonly blocks: ReadonlyMap<string, User>;
  /** People that were asked for with `person(id)`. */
  readonly people: ReadonlyMap<string, User>;
  /** Of the conversations that were opened last. */
  readonly threads: ReadonlyMap<string, Thread>;
  /** The conversation that is shown, and its room. */
  readonly open: string | null;
  readonly room: Room | null;
  /** Who types, by conversation. Only of the open one. */
  readonly typing: ReadonlyMap<string, ReadonlySet<string>>;
  /** By conversation, in the order in which they were written. */
  readonly outbox: ReadonlyMap<string, readonly Pending[]>;
}

export interface Tokens {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export interface UploadOptions {
  /** From 0 to 1. */
  readonly onProgress?: ((part: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiOptions {
  /** Where the server is, without a slash at the end: `location.origin`, and the path before its own if it has one. */
  readonly url: string;
  /**
   * Gets the next access token, in whatever way the page keeps its session. Answers null when there is none any more;
   * throws when it cannot be known now (offline).
   */
  refresh(): Promise<Tokens | null>;
}

/** Asks `/api/v1`. Failures are `ChatFailure`s. */
export interface Api {
  readonly url: string;
  /** After signing in; null to forget it. The token is in memory only. */
  useTokens(tokens: Tokens | null): void;
  /**
   * A token that is good for a while, and another one than what was refused. Throws `unauthenticated` if there is none
   * to be had.
   */
  freshToken(refused?: string): Promise<string>;
  /** The token is replaced when the server does not take it, and the request made once more. */
  request<Answer>(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body?: unknown): Promise<Answer>;
  put<Answer>(path: string, body?: unknown): Promise<Answer>;
  patch<Answer>(path: string, body?: unknown): Promise<Answer>;
  delete<Answer>(path: string, body?: unknown): Promise<Answer>;
  /** Sends one file in the field `file`. */
  upload<Answer>(method: string, path: string, file: Blob, options?: UploadOptions): Promise<Answer>;
  /** Makes a link of the server's (an avatar's, an attachment's) absolute. */
  link(path: string): string;
}

export interface Store<State> {
  readonly snapshot: State;
  /** Called after each change, at most once per microtask. Returns what ends it. */
  subscribe(listener: () => void): () => void;
}

export interface ChatClientOptions {
  readonly api: Api;
  /** Where unsent messages are kept: the browser's own, unless told otherwise. */
  readonly databases?: IDBFactory | undefined;
  /** The session has ended: sign in again. */
  onEnded?(): void;
}

/** Names one person: one of the two. */
export interface PersonRef {
  readonly userId?: string;
  readonly username?: string;
}

/** What is up to those who look after a group. */
export type GroupFacts = Pick<ConversationInfo, 'name' | 'description' | 'visibility'>;

/** Everything that a chat page does, over one `inbox` and the HTTP API. */
export interface ChatClient {
  readonly api: Api;
  readonly store: Store<Snapshot>;

  /** Keeps up from now on, whatever happens to the line. Settles when the lists have been read for the first time. */
  start(me: OwnUser): Promise<void>;
  /** Leaves. What is in the outbox stays for the next time, unless it is to be forgotten: after signing out. */
  stop(options?: { readonly forget?: boolean }): Promise<void>;
  /** Tries at once instead of waiting for the next attempt. */
  reconnectNow(): void;
  /** After `PATCH /me` or a new picture. */
  setMe(me: OwnUser): void;

  /** Shows a conversation: reads its newest page and members, and joins its room. Null closes it. */
  open(conversationId: string | null): Promise<void>;
  loadOlder(conversationId: string): Promise<void>;
  loadNewer(conversationId: string): Promise<void>;
  /** Back to the end, after having read far up. */
  loadNewest(conversationId: string): Promise<void>;

  /** Kept until it is stored, also over a reload. Answers its `clientId` once it is kept. */
  send(conversationId: string, draft: Draft): Promise<string>;
  /** Sends a refused one again. */
  retry(clientId: string): void;
  /** Gives a waiting or refused one up. It may have been stored already. */
  discard(clientId: string): Promise<void>;
  edit(conversationId: string, seq: number, text: string): Promise<void>;
  delete(conversationId: string, seq: number): Promise<void>;
  markRead(conversationId: string, seq: number): void;
  /** Call it with every key: it is told as seldom as it needs to be, and ends by itself. */
  typing(conversationId: string, on: boolean): void;

  /** The dialog with somebody, made if need be; answers its id, and it is in the snapshot then. */
  openDialog(person: PersonRef): Promise<string>;
  createGroup(group: Partial<GroupFacts> & { name: string; members?: readonly string[] }): Promise<string>;
  joinGroup(conversationId: string): Promise<void>;
  updateGroup(conversationId: string, change: Partial<GroupFacts>): Promise<void>;
  addMembers(conversationId: string, userIds: readonly string[]): Promise<void>;
  setRole(conversationId: string, userId: string, role: Role): Promise<void>;
  mute(conversationId: string, muted: boolean): Promise<void>;
  /** `me` leaves. */
  removeMember(conversationId: string, userId: string): Promise<void>;

  askFriend(person: PersonRef): Promise<void>;
  answerFriend(friendshipId: string, status: 'accepted' | 'rejected'): Promise<void>;
  /** Withdraws a request, or unfriends. */
  endFriendship(friendshipId: string): Promise<void>;
  block(userId: string): Promise<void>;
  unblock(userId: string): Promise<void>;
  /** Somebody who is neither peer, friend nor member; in `people` when it has come. */
  person(userId: string): void;
}

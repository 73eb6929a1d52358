/** What a scenario drives: a Parlour or the reference, through one set of words. */
export interface Target {
  readonly name: string;
  /** Processor time and memory; undefined when the server is not a child of ours (`--url`). */
  readonly meter: Meter | undefined;
  people(count: number): Promise<Person[]>;
  dialog(one: Person, other: Person): Promise<string>;
  group(owner: Person, members: Person[]): Promise<string>;
  /** The conversation's room, for sending and receiving. */
  openDialog(person: Person, other: Person, conversationId: string, listener: Listener): Promise<Link>;
  openGroup(person: Person, conversationId: string, listener: Listener): Promise<Link>;
  /** One connection for all of a person's conversations. */
  openInbox(person: Person, listener: Listener): Promise<Link>;
  /** Everything that the server has stored of a conversation, as it tells it. */
  history(person: Person, conversationId: string): Promise<Stored[]>;
  /** The end of what the server printed. */
  log(): string;
  stop(): Promise<void>;
}

export interface Meter {
  /** Processor seconds of the server so far, of all its nodes together. */
  server(): number;
  /** Of PostgreSQL; undefined when the database runs inside the server or elsewhere. */
  database?(): number;
  /** Of NATS; undefined when there is one node, which needs none. */
  bus?(): number;
  /** Resident bytes after the server's garbage has been collected. */
  quietMemory(): Promise<number>;
}

export interface Person {
  id: string;
  username: string;
  token: string;
}

export interface Link {
  send(message: Outgoing): Promise<Acknowledgement>;
  /** Says that everything up to `seq` has arrived. */
  delivered(seq: number, conversationId?: string): Promise<void>;
  /** Ends once the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

export interface Outgoing {
  clientId: string;
  text: string;
  /** In an inbox, which serves many conversations. */
  conversationId?: string;
}

export interface Acknowledgement {
  seq: number;
}

export interface Arrival {
  conversationId: string;
  message: { seq: number; senderId: string; clientId: string | null };
}

export type Listener = (arrival: Arrival) => void;

export interface Stored {
  seq: number;
  clientId: string | null;
}

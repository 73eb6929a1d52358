import { type FrameCache, FrameCaches } from './frame-cache.ts';
import { JsonClient } from './http.ts';
import { inParallel } from './parallel.ts';
import { joinRaw } from './raw-client.ts';
import { joinSdk } from './sdk-client.ts';
import type { Link, Listener, Meter, Person, Stored, Target } from './target.ts';

const setupParallel = 16;
const historyPage = 200;

export interface Session {
  user: { id: string; username: string };
  accessToken: string;
}

export interface Room {
  name: 'dialog' | 'group' | 'inbox';
  options: Record<string, string>;
}

/** One server of a Parlour, and our connections to it. */
interface Node {
  readonly base: string;
  readonly http: JsonClient;
}

/**
 * A running Parlour, spoken to through its public faces only. People stay on the node on which they signed up, each on
 * the one after the person before, so that two neighbours of a list are on different ones.
 */
export class ParlourTarget implements Target {
  readonly name = 'parlour';
  readonly meter: Meter | undefined;
  readonly #nodes: readonly Node[];
  readonly #nodeOf = new Map<string, Node>();
  readonly #client: 'raw' | 'sdk';
  readonly log: () => string;
  readonly #stop: () => Promise<void>;
  readonly #caches = new FrameCaches();

  constructor(
    bases: readonly string[],
    options: { client: 'raw' | 'sdk'; meter?: Meter; log(): string; stop(): Promise<void> },
  ) {
    this.#nodes = bases.map((base) => ({ base, http: new JsonClient(base) }));
    this.#client = options.client;
    this.meter = options.meter;
    this.log = options.log;
    this.#stop = options.stop;
  }

  /** For calls that are nobody's: the node whose turn it is. */
  http(turn: number): JsonClient {
    return this.#nodes[turn % this.#nodes.length]!.http;
  }

  /** Guests: no password, so that making them costs nobody an argon2. */
  async people(count: number): Promise<Person[]> {
    return await inParallel([...Array(count).keys()], setupParallel, async (turn) => {
      const node = this.#nodes[turn % this.#nodes.length]!;
      const session = await node.http.call<Session>('/api/v1/accounts/guest', { body: {} });
      this.#nodeOf.set(session.user.id, node);
      return { id: session.user.id, username: session.user.username, token: session.accessToken };
    });
  }

  async dialog(one: Person, other: Person): Promise<string> {
    return await this.#conversation(one, { kind: 'dialog', userId: other.id });
  }

  async group(owner: Person, members: Person[]): Promise<string> {
    const ids = members.map((member) => member.id);
    return await this.#conversation(owner, {
      kind: 'group',
      name: 'bench',
      visibility: 'private',
      members: ids,
    });
  }

  async openDialog(
    person: Person,
    other: Person,
    _conversationId: string,
    listener: Listener,
  ): Promise<Link> {
    return await this.#join(person, { name: 'dialog', options: { userId: other.id } }, listener);
  }

  async openGroup(person: Person, conversationId: string, listener: Listener): Promise<Link> {
    const cache = this.#caches.of(conversationId);
    return await this.#join(person, { name: 'group', options: { id: conversationId } }, listener, cache);
  }

  async openInbox(person: Person, listener: Listener): Promise<Link> {
    return await this.#join(person, { name: 'inbox', options: {} }, listener);
  }

  async history(person: Person, conversationId: string): Promise<Stored[]> {
    const all: Stored[] = [];
    for (;;) {
      const after = all.at(-1)?.seq ?? 0;
      const { items, more } = await this.#home(person).http.call<{ items: Stored[]; more: boolean }>(
        `/api/v1/conversations/${conversationId}/messages?after=${after}&limit=${historyPage}`,
        { token: person.token },
      );
      for (const { seq, clientId } of items) all.push({ seq, clientId });
      if (!more || items.length === 0) return all;
    }
  }

  async stop(): Promise<void> {
    for (const { http } of this.#nodes) http.close();
    await this.#stop();
  }

  async #conversation(person: Person, body: object): Promise<string> {
    const { id } = await this.#home(person).http.call<{ id: string }>('/api/v1/conversations', {
      token: person.token,
      body,
    });
    return id;
  }

  #join(person: Person, room: Room, listener: Listener, cache?: FrameCache): Promise<Link> {
    const { base, http } = this.#home(person);
    return this.#client === 'sdk'
      ? joinSdk(base, person, room, listener)
      : joinRaw(http, base, person, { ...room, cache }, listener);
  }

  #home({ id }: Person): Node {
    return this.#nodeOf.get(id) ?? this.#nodes[0]!;
  }
}

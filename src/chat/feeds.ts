import type { Bus } from '../bus/bus.ts';
import type { Database } from '../entities/database.ts';
import { Cursors, type LiveNeeds } from './cursors.ts';
import type { Face } from './face.ts';
import { Feed } from './feed.ts';
import type { Log } from './log.ts';
import type { MediaLinks } from './media/media-links.ts';
import type { ToldPresence } from './told-presence.ts';
import { Watch } from './watch.ts';

export interface Attached<Source> {
  readonly source: Source;
  detach(): void;
}

interface Shared<Source> {
  readonly source: Source;
  readonly opened: Promise<void>;
}

/** What is alive on this node: one feed per person, one watch per open conversation, shared by their faces. */
export class Feeds {
  readonly cursors: Cursors;
  readonly #needs: LiveNeeds;
  readonly #feeds = new Map<string, Shared<Feed>>();
  readonly #watches = new Map<string, Shared<Watch>>();

  constructor(database: Database, bus: Bus, links: MediaLinks, log: Log) {
    const onError = (error: unknown): void => log.warn({ err: error }, 'reading what was missed failed');
    this.cursors = new Cursors(database, links, onError);
    this.#needs = { database, bus, cursors: this.cursors, onError };
  }

  /** Everything of one person. Settles when the face is up to date with the database. */
  attachToUser(userId: string, face: Face): Promise<Attached<Feed>> {
    return attach(this.#feeds, userId, face, () => new Feed(userId, this.#needs));
  }

  /** One conversation. May this face see it? That was asked where the conversation was looked up. */
  attachToConversation(conversationId: string, face: Face): Promise<Attached<Watch>> {
    return attach(this.#watches, conversationId, face, () => new Watch(conversationId, this.#needs));
  }

  get users(): string[] {
    return [...this.#feeds.keys()];
  }

  feedOf(userId: string): Feed | undefined {
    return this.#feeds.get(userId)?.source;
  }

  /** The conversations that somebody here has open. */
  get watched(): string[] {
    return [...this.#watches.keys()];
  }

  watchOf(conversationId: string): Watch | undefined {
    return this.#watches.get(conversationId)?.source;
  }
}

interface Source {
  readonly faces: Set<Face>;
  /** Where faces read for themselves who is online. */
  readonly presence?: ToldPresence;
  open(): Promise<void>;
  close(): void;
}

async function attach<S extends Source>(
  sources: Map<string, Shared<S>>,
  key: string,
  face: Face,
  create: () => S,
): Promise<Attached<S>> {
  let shared = sources.get(key);
  if (shared === undefined) {
    const source = create();
    shared = { source, opened: source.open() };
    sources.set(key, shared);
  }
  const { source, opened } = shared;
  source.faces.add(face);
  source.presence?.expectReader();
  const detach = (): void => {
    source.faces.delete(face);
    if (source.faces.size > 0 || sources.get(key)?.source !== source) return;
    sources.delete(key);
    source.close();
  };
  try {
    await opened;
  } catch (error) {
    detach();
    throw error;
  }
  return { source, detach };
}

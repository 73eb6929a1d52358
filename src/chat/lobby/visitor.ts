import type { Caller } from '../authenticate.ts';
import type { Chat } from '../chat.ts';
import type { ChatEvent } from '../events.ts';
import type { Face } from '../face.ts';
import type { Feed } from '../feed.ts';
import type { Attached } from '../feeds.ts';
import { MAX_LOBBY_WAITS } from '../limits.ts';

/** What may mean that there is something to show. */
const NEWS: ReadonlySet<string> = new Set<ChatEvent['type']>(['message', 'member', 'conversation', 'reset']);

/**
 * A visitor of the lobby as this node knows them: here for others to see, and told when it is worth looking what there
 * is. Nothing is kept here: what there is stands in the database, and any node may show it.
 */
export class Visitor implements Face {
  readonly caller: Caller;
  readonly #waits = new Set<() => void>();
  readonly #undo: (() => void)[] = [];
  #feed: Promise<Attached<Feed>> | undefined;
  #version = 0;
  #gone = false;
  /** Settles when what this node has shown them is written down as shown. */
  settled: Promise<unknown> = Promise.resolve();

  constructor(chat: Pick<Chat, 'sessions' | 'presence'>, caller: Caller, onGone: () => void) {
    this.caller = caller;
    this.#undo.push(
      chat.presence.connect(caller.userId),
      chat.sessions.add(caller.sessionId, {
        end: () => {
          this.leave();
          onGone();
        },
      }),
    );
  }

  /** Changes with everything that is worth looking at. */
  get version(): number {
    return this.#version;
  }

  get gone(): boolean {
    return this.#gone;
  }

  get waits(): boolean {
    return this.#waits.size > 0;
  }

  /** Everything of their groups is heard from when this settles. */
  async listen(chat: Pick<Chat, 'feeds'>): Promise<void> {
    this.#feed ??= chat.feeds.attachToUser(this.caller.userId, this);
    try {
      const { detach } = await this.#feed;
      if (this.#gone) detach();
    } catch (error) {
      this.#feed = undefined;
      throw error;
    }
  }

  deliver(event: ChatEvent): void {
    if (NEWS.has(event.type)) this.look();
  }

  async isIn(conversationId: string): Promise<boolean> {
    return (await this.#feed)?.source.follows(conversationId) ?? false;
  }

  look(): void {
    this.#version += 1;
    for (const wait of this.#waits) wait();
  }

  /** Settles when the version is another one, when the time is over or the visitor is gone; who waits longest, first. */
  wait(version: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#version !== version || this.#gone || signal.aborted || ms <= 0) return Promise.resolve();
    if (this.#waits.size >= MAX_LOBBY_WAITS) [...this.#waits][0]!();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waits.delete(done);
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.#waits.add(done);
    });
  }

  /** From this node: it is no longer seen here, and nobody waits any more. */
  leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    for (const each of this.#undo.splice(0)) each();
    void this.#feed?.then(({ detach }) => detach()).catch(() => {});
    this.look();
  }
}

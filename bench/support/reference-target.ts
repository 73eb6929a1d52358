import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { FrameCaches } from './frame-cache.ts';
import { joinReference } from './reference-client.ts';
import type { Link, Listener, Meter, Person, Stored, Target } from './target.ts';

/** The reference has no accounts and no history of its own: people are made up here, the table is read directly. */
export class ReferenceTarget implements Target {
  readonly name = 'reference';
  readonly meter: Meter | undefined;
  readonly #base: string;
  readonly log: () => string;
  readonly #stop: () => Promise<void>;
  readonly #database: pg.Pool;
  readonly #caches = new FrameCaches();

  constructor(
    base: string,
    databaseUrl: string,
    options: { meter?: Meter; log(): string; stop(): Promise<void> },
  ) {
    this.#base = base;
    this.#database = new pg.Pool({ connectionString: databaseUrl });
    this.meter = options.meter;
    this.log = options.log;
    this.#stop = options.stop;
  }

  async people(count: number): Promise<Person[]> {
    return Array.from({ length: count }, () => ({ id: randomUUID(), username: '', token: '' }));
  }

  async dialog(): Promise<string> {
    return randomUUID();
  }

  async group(): Promise<string> {
    return randomUUID();
  }

  async openDialog(
    person: Person,
    _other: Person,
    conversationId: string,
    listener: Listener,
  ): Promise<Link> {
    return await joinReference(this.#base, `/${conversationId}?user=${person.id}`, undefined, listener);
  }

  async openGroup(person: Person, conversationId: string, listener: Listener): Promise<Link> {
    const cache = this.#caches.of(conversationId);
    return await joinReference(this.#base, `/${conversationId}?user=${person.id}`, cache, listener);
  }

  async openInbox(person: Person, listener: Listener): Promise<Link> {
    return await joinReference(this.#base, `/?user=${person.id}`, undefined, listener);
  }

  async history(_person: Person, conversationId: string): Promise<Stored[]> {
    const { rows } = await this.#database.query<Stored>(
      'select seq, client_id as "clientId" from message where conversation_id = $1 order by seq',
      [conversationId],
    );
    return rows;
  }

  async stop(): Promise<void> {
    await this.#database.end();
    await this.#stop();
  }
}

import type { Socket } from 'node:net';

/** What of `pg` is needed here: a client that has connected, and whether it waits for an answer. */
interface Client {
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: Socket };
}

interface Pool {
  on(event: 'connect', listener: (client: Client) => void): unknown;
}

/**
 * A connection on which nothing comes or goes for so long, in the middle of a question, is closed: the question fails
 * and the pool makes another one. The database's own `statement_timeout` ends what takes long; this is for when
 * nobody is there to say so, a cable that was pulled, a machine that hangs. Otherwise each statement that meets it
 * keeps its place in the pool for ever, and those who asked wait as long.
 */
export function letSilentConnectionsGo(pool: Pool, silenceMs: number): void {
  pool.on('connect', (client) => {
    const { stream } = client.connection;
    // One that rests in the pool has nothing to say; using it begins the time anew.
    stream.setTimeout(silenceMs, () => {
      if (client.readyForQuery) return;
      const problem = new Error(`the database said nothing for ${silenceMs} ms`);
      stream.destroy(Object.assign(problem, { code: 'ETIMEDOUT' }));
    });
  });
}

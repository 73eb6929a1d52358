import { Client } from '@colyseus/sdk';
import type { Acknowledgement, Arrival, Link, Listener, Outgoing, Person } from './target.ts';

/** The same through the client library that applications use. It costs more here, in the load generator. */
export async function joinSdk(
  base: string,
  person: Person,
  room: { name: string; options: unknown },
  listener: Listener,
): Promise<Link> {
  const client = new Client(base);
  client.auth.token = person.token;
  const joined = await client.joinOrCreate(room.name, room.options as Record<string, unknown>);
  // A scenario decides itself when somebody comes back.
  joined.reconnection.enabled = false;
  joined.onMessage<Arrival>('message', listener);
  // The SDK warns about every message of a type nobody listens to.
  joined.onMessage('*', () => {});
  const closed = new Promise<void>((resolve) => joined.onLeave(() => resolve()));
  return {
    closed,
    send: (message: Outgoing) => joined.request<Outgoing, Acknowledgement>('send', message),
    delivered: async (seq, conversationId) => {
      await joined.request('delivered', { seq, ...(conversationId && { conversationId }) });
    },
    close: async () => {
      await joined.leave();
    },
  };
}

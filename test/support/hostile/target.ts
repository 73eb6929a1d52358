import { connect } from 'node:net';
import type { Person } from '../server.ts';

/** A server and people on it, as somebody who means no good finds them. */
export interface Target {
  readonly url: string;
  /** Who attacks: she has an account and nothing to do with the other two. */
  readonly alice: Person;
  readonly bob: Person;
  /** A conversation of bob and carol with a message in it. */
  readonly theirs: string;
  /** One of alice's own, for what is wrong in itself. */
  readonly hers: string;
  /** What signs the server's tokens: for those that were good once, or for something else. */
  readonly secret: string;
  /** A token of alice's seat in a room. */
  readonly seatToken: string;
}

export interface Reply {
  /** 0 when the connection was cut without a word. */
  readonly status: number;
  readonly text: string;
}

export interface Hostile {
  readonly name: string;
  readonly send: (target: Target) => Promise<Reply>;
  /** What it is answered with, where that may be something else than a refusal. */
  readonly expected?: readonly number[];
}

export async function ask(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  return { status: response.status, text: `${headers}\n\n${await response.text()}` };
}

/** As alice, exactly this text. */
export function post(
  target: Target,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  type = 'application/json',
) {
  return ask(`${target.url}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${target.alice.accessToken}`, 'Content-Type': type },
    body,
  });
}

const SILENCE_MS = 15_000;

/** These bytes on a connection of their own, and all that comes back until it is closed. */
export function raw({ url }: Target, bytes: string | Uint8Array): Promise<Reply> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      // A WebSocket that is closed right after it opened is as good as cut; `ws` waits for our goodbye.
      if (/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n[\s\S]*\x88/.test(text)) {
        text = '';
        socket.destroy();
      }
    });
    // A connection that is reset was cut, too.
    socket.on('error', () => {});
    socket.on('close', () => {
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    });
    socket.setTimeout(SILENCE_MS, () => {
      socket.destroy();
      reject(new Error(`neither an answer's end nor the connection's came; so far: ${text}`));
    });
    socket.write(bytes);
  });
}

import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** A connection on which anything can be said, in any order and speed. */
export async function openRaw(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** All that the other side says until it ends the connection. */
export function everything(socket: Socket): Promise<string> {
  let said = '';
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1');
  });
  return new Promise((resolve) => socket.once('close', () => resolve(said)));
}

/** Says it, and answers what comes back before the connection is ended. */
export async function sayRaw(url: string, text: string): Promise<RawAnswer> {
  const socket = await openRaw(url);
  const heard = everything(socket);
  socket.write(text);
  return parseAnswer(await heard);
}

export function parseAnswer(text: string): RawAnswer {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Headers(
    lines.map((line) => line.split(/: ?(.*)/s, 2) as [string, string]).filter(([name]) => name !== ''),
  );
  return { status: Number(first.split(' ')[1]), headers, body };
}

import { createConnection, createServer, type Socket } from 'node:net';

export interface Line {
  /** As the target's, with the place where this line begins. */
  readonly url: string;
  /** All connections go dead at once, without a goodbye; new ones may be made. */
  cut(): void;
  /** The same, and new ones end at once, until it heals. */
  refuse(): void;
  /** As a cable that was pulled: nothing gets through, nobody is told, and new connections hear nothing. */
  silence(): void;
  /** As a phone that changes networks: the near ends are gone, the far ones are not told and wait for ever. */
  strand(): void;
  heal(): void;
  close(): void;
}

/** The network between two programs, to be cut in a test. */
export async function openLine(target: string): Promise<Line> {
  const { host, hostname, port } = new URL(target);
  /** From each socket to the one that gets what it says. */
  const pipes = new Map<Socket, Socket>();
  const waiting = new Set<Socket>();
  const stranded = new Set<Socket>();
  const nears = new Set<Socket>();
  let state: 'whole' | 'refusing' | 'silent' = 'whole';
  const proxy = createServer({ pauseOnConnect: true }, (near) => {
    nears.add(near);
    near.once('close', () => nears.delete(near));
    if (state === 'refusing') near.destroy();
    else if (state === 'silent') waiting.add(near);
    else connect(near);
    near.on('error', () => near.destroy());
    near.once('close', () => waiting.delete(near));
  });
  const connect = (near: Socket): void => {
    const far = createConnection(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      pipes.set(socket, other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        pipes.delete(socket);
        stranded.delete(socket);
        if (!stranded.has(other)) other.destroy();
      });
      socket.pipe(other);
    }
  };
  const cut = (): void => {
    for (const socket of [...pipes.keys(), ...waiting, ...stranded]) socket.destroy();
  };
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: target.replace(host, `127.0.0.1:${(proxy.address() as { port: number }).port}`),
    cut,
    refuse() {
      state = 'refusing';
      cut();
    },
    silence() {
      state = 'silent';
      for (const socket of pipes.keys()) socket.unpipe().pause();
    },
    strand() {
      for (const near of nears) {
        const far = pipes.get(near);
        if (far) stranded.add(far);
        near.unpipe();
        near.destroy();
      }
    },
    heal() {
      state = 'whole';
      for (const [socket, other] of pipes) socket.pipe(other);
      for (const near of waiting) connect(near);
      waiting.clear();
    },
    close: () => {
      proxy.close();
      cut();
    },
  };
}

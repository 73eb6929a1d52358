import { get } from 'node:http';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

export interface Backend {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** `unready` answers, but not with yes (it stops, or lacks its database); `silent` does not answer at all. */
export type Health = 'ready' | 'unready' | 'silent';

export interface BalancerOptions {
  readonly port?: number;
  readonly host?: string;
  readonly onChange?: (name: string, health: Health) => void;
}

interface Member {
  readonly backend: Backend;
  health: Health;
  timer: NodeJS.Timeout | undefined;
}

export const CHECK_EVERY_MS = 500;
export const CHECK_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 1_000;
const MAX_CONNECTIONS = 20_000;

/**
 * Round robin over TCP: every connection goes to the next node, whoever makes it and whatever it carries. A node that
 * refuses is passed over, and the client notices nothing. When no node is ready, whoever is left is tried: their
 * answer says more than a closed door. What is connected already is never touched.
 */
export class Balancer {
  readonly #server: Server;
  readonly #onChange: (name: string, health: Health) => void;
  readonly #members: Member[] = [];
  readonly #sockets = new Set<Socket>();
  #turn = 0;

  private constructor(server: Server, { onChange = () => {} }: BalancerOptions) {
    this.#server = server;
    this.#onChange = onChange;
    server.maxConnections = MAX_CONNECTIONS;
    server.on('connection', (near) => void this.#serve(near));
  }

  static async open(options: BalancerOptions = {}): Promise<Balancer> {
    const { port = 0, host = '127.0.0.1' } = options;
    // What a client says first waits until there is somebody to hear it.
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    const balancer = new Balancer(server, options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Settles after the first check of this node. */
  async add(backend: Backend): Promise<void> {
    const member: Member = { backend, health: 'silent', timer: undefined };
    this.#members.push(member);
    await this.#check(member);
  }

  healthOf(name: string): Health | undefined {
    return this.#members.find(({ backend }) => backend.name === name)?.health;
  }

  async close(): Promise<void> {
    for (const { timer } of this.#members.splice(0)) clearTimeout(timer);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(near: Socket): Promise<void> {
    this.#keep(near);
    near.on('error', () => near.destroy());
    for (const member of this.#inTurn()) {
      const far = await connect(member.backend);
      if (far === undefined) {
        // Found out before the next check.
        this.#is(member, 'silent');
        continue;
      }
      this.#keep(far);
      if (near.destroyed) far.destroy();
      else join(near, far);
      return;
    }
    near.destroy();
  }

  /** Everybody once: the ready ones first, each time beginning with the next of them. */
  #inTurn(): Member[] {
    const turn = this.#turn++;
    return (['ready', 'unready', 'silent'] as const).flatMap((health) => {
      const equals = this.#members.filter((member) => member.health === health);
      const start = turn % Math.max(equals.length, 1);
      return [...equals.slice(start), ...equals.slice(0, start)];
    });
  }

  async #check(member: Member): Promise<void> {
    const health = await ask(member.backend);
    if (!this.#members.includes(member)) return;
    this.#is(member, health);
    member.timer = setTimeout(() => void this.#check(member), CHECK_EVERY_MS);
    member.timer.unref();
  }

  #is(member: Member, health: Health): void {
    if (member.health === health) return;
    member.health = health;
    this.#onChange(member.backend.name, health);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

/** Nothing when it refuses, or takes too long. */
function connect({ host, port }: Backend): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const far = createConnection({ host, port, allowHalfOpen: true, noDelay: true });
    const timer = setTimeout(() => far.destroy(), CONNECT_TIMEOUT_MS);
    far.on('error', () => far.destroy());
    far.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    far.once('connect', () => {
      clearTimeout(timer);
      resolve(far);
    });
  });
}

/** Each direction ends for itself, so that a last answer arrives; an error ends both at once. */
function join(near: Socket, far: Socket): void {
  near.once('close', (failed) => failed && far.destroy());
  far.once('close', (failed) => failed && near.destroy());
  near.pipe(far);
  far.pipe(near);
}

/** A process that was stopped (SIGSTOP) still takes connections; only a question finds it out. */
function ask({ host, port }: Backend): Promise<Health> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
    const request = get({ host, port, path: '/ready', agent: false, signal }, (response) => {
      response.resume();
      response.on('error', () => {});
      resolve(response.statusCode === 200 ? 'ready' : 'unready');
    });
    request.on('error', () => resolve('silent'));
  });
}

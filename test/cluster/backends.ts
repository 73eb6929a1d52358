import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { Balancer } from '../../cluster/balancer.ts';
import { freePort } from '../support/postgres.ts';

const opened: (() => unknown)[] = [];

/** Closes, after each test, what it opened, the youngest first. */
export function closeAfterEach(): void {
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });
}

/** A server that answers with its name, and to `/ready` with what it is told. */
export class Backend {
  readonly name: string;
  readonly host = '127.0.0.1';
  ready = true;
  #port = 0;
  #server: Server | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get port(): number {
    return this.#port;
  }

  /** Again on the same port, when it had one. */
  async start(): Promise<void> {
    const server = createServer(({ url }, response) => {
      response.statusCode = url === '/ready' && !this.ready ? 503 : 200;
      response.end(this.name);
    });
    server.listen(this.#port, this.host);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

export async function backend(name: string): Promise<Backend> {
  const made = new Backend(name);
  await made.start();
  opened.push(() => made.stop());
  return made;
}

export interface BackendProcess {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly process: ChildProcess;
}

/** The same in a process of its own, to be stopped and killed; to `/wait` it never answers. */
export async function backendProcess(name: string): Promise<BackendProcess> {
  const port = await freePort();
  const script = `
    require('node:http')
      .createServer(({ url }, response) => url === '/wait' ? response.write('…') : response.end('${name}'))
      .listen(${port}, '127.0.0.1', () => console.log('listens'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  opened.push(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return { name, host: '127.0.0.1', port, process: child };
}

export async function balancerOf(
  ...members: readonly { name: string; host: string; port: number }[]
): Promise<Balancer> {
  const balancer = await Balancer.open();
  opened.push(() => balancer.close());
  for (const member of members) await balancer.add(member);
  return balancer;
}

/** Over a connection of its own: whose answer it was. */
export function ask(url: string, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}${path}`, { agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

/** One after the other. */
export async function askTimes(url: string, times: number): Promise<string[]> {
  const answers: string[] = [];
  for (let count = 0; count < times; count++) answers.push(await ask(url));
  return answers;
}

import { type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { ChatError } from '../chat/errors.ts';
import type { Nodes } from './nodes.ts';
import { SPLICE_HEADER, splice, type Upgrade } from './splice.ts';
import type { SpliceMarks } from './splice-marks.ts';

/** Longer than any long poll waits. */
const ANSWER_MS = 60_000;

/** What says something of one connection only. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', SPLICE_HEADER];

export interface OtherNodesOptions {
  readonly nodes: Nodes;
  readonly marks: SpliceMarks;
  /** What the others call this node. */
  readonly here: string;
}

/** Where somebody's requests are to go on, and by which address there. */
export interface Destination {
  readonly node: string;
  readonly url: string;
}

/** For transports whose requests belong together: whichever node is asked, it is answered by the one that began. */
export class OtherNodes {
  readonly here: string;
  readonly #nodes: Nodes;
  readonly #marks: SpliceMarks;

  constructor({ nodes, marks, here }: OtherNodesOptions) {
    this.here = here;
    this.#nodes = nodes;
    this.#marks = marks;
  }

  /** By a node of ours: then it is to stay here. */
  isPassedOn({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): boolean {
    const mark = headers[SPLICE_HEADER];
    return mark !== undefined && this.#marks.isGood(String(mark), this.here, url);
  }

  /** Answers whether there is such a node; else nothing has been done. */
  async passOn(
    request: IncomingMessage,
    response: ServerResponse,
    { node, url }: Destination,
  ): Promise<boolean> {
    const address = await this.#nodes.find(node);
    if (address === undefined) return false;
    const colon = address.lastIndexOf(':');
    const target = send({
      host: address.slice(0, colon).replace(/^\[|\]$/g, ''),
      port: Number(address.slice(colon + 1)),
      method: request.method,
      path: url,
      headers: {
        ...forwarded(request),
        [SPLICE_HEADER]: this.#marks.issue(node, url),
      },
      timeout: ANSWER_MS,
    });
    response.once('close', () => target.destroy());
    await new Promise<void>((resolve, reject) => {
      const fail = (): void =>
        reject(new ChatError('unavailable', 'the other node does not answer; try again'));
      target.once('timeout', () => target.destroy(new Error('too slow')));
      target.on('error', fail);
      target.once('response', (answer) => {
        answer.once('error', () => response.destroy());
        response.writeHead(answer.statusCode!, withoutHops(answer.headers));
        answer.pipe(response);
        resolve();
      });
      request.pipe(target);
    });
    return true;
  }

  async passOnSocket(upgrade: Upgrade, { node, url }: Destination): Promise<boolean> {
    const address = await this.#nodes.find(node);
    if (address === undefined) return false;
    upgrade.request.url = url;
    await splice(upgrade, address, this.#marks.issue(node, url));
    return true;
  }
}

function forwarded({ headers, socket }: IncomingMessage): IncomingMessage['headers'] {
  const from = [headers['x-forwarded-for'] ?? [], socket.remoteAddress ?? 'unknown'].flat();
  return { ...withoutHops(headers), 'x-forwarded-for': from.join(', ') };
}

function withoutHops(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

import { Agent, request } from 'node:http';

export interface Call {
  method?: string;
  token?: string;
  body?: unknown;
}

export class HttpError extends Error {
  override name = 'HttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const answerLimitMs = 60_000;

/** JSON over kept-alive connections. `fetch` costs several times the processor time, and both sides share the machine. */
export class JsonClient {
  readonly #base: URL;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(base: string) {
    this.#base = new URL(base);
  }

  async call<Answer>(path: string, options: Call = {}): Promise<Answer> {
    try {
      return await this.#once<Answer>(path, options);
    } catch (error) {
      // A kept connection that the server closed at this very moment: nothing was sent, so nothing is sent twice.
      if ((error as { staleSocket?: boolean }).staleSocket) return await this.#once<Answer>(path, options);
      throw error;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #once<Answer>(path: string, { method, token, body }: Call): Promise<Answer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          hostname: this.#base.hostname,
          port: this.#base.port,
          path,
          timeout: answerLimitMs,
          method: method ?? (payload === undefined ? 'GET' : 'POST'),
          headers: {
            accept: 'application/json',
            ...(token && { authorization: `Bearer ${token}` }),
            ...(payload && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(payload),
            }),
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const status = incoming.statusCode ?? 0;
            if (status >= 300)
              reject(new HttpError(status, `${method ?? ''} ${path}: ${status} ${text.slice(0, 300)}`));
            else resolve((text === '' ? undefined : JSON.parse(text)) as Answer);
          });
        },
      );
      outgoing.on('timeout', () =>
        outgoing.destroy(new Error(`${path}: no answer within ${answerLimitMs} ms`)),
      );
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        const stale = outgoing.reusedSocket && error.code === 'ECONNRESET';
        reject(Object.assign(error, { staleSocket: stale }));
      });
      outgoing.end(payload);
    });
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@colyseus/sdk';

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
}

type Answered<Body> = { readonly status: number; readonly body: Body };

const REQUEST_MS = 10_000;
const PAUSE_MS = 250;
/** A token is replaced when this part of its life is over. */
const FRESH = 0.6;

/** The server says no, and would say so again. */
export class Refused extends Error {
  readonly code: string;

  constructor(what: string, code: string) {
    super(`${what} was refused: ${code}`);
    this.code = code;
  }
}

/** Somebody who is signed in, however long it takes. */
export class Account {
  readonly id: string;
  readonly username: string;
  readonly client: Client;
  readonly #url: string;
  #tokens: Tokens;
  #renewAt = 0;

  private constructor(url: string, user: { id: string; username: string }, tokens: Tokens) {
    this.#url = url;
    this.id = user.id;
    this.username = user.username;
    this.client = new Client(url, { fetchFn: fetchAnew });
    this.#tokens = tokens;
    this.#keep(tokens);
  }

  static async signUp(url: string, username: string): Promise<Account> {
    const { status, body } = await ask<Tokens & { user: Account }>(url, 'POST', '/accounts/guest', {
      body: { username, displayName: username },
    });
    if (status !== 201) throw new Error(`${username} could not sign up: ${status}`);
    return new Account(url, body.user, body);
  }

  /** Asks until there is an answer; what is asked must bear being asked twice. */
  async api<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    for (;;) {
      try {
        const token = await this.freshToken();
        const answer = await ask<Body & { error?: { code: string } }>(this.#url, method, path, {
          token,
          body,
        });
        if (answer.status < 400) return answer.body;
        if (answer.status < 500) throw new Refused(`${method} ${path}`, answer.body.error?.code ?? '?');
      } catch (error) {
        if (error instanceof Refused) throw error;
      }
      await sleep(PAUSE_MS);
    }
  }

  /** Also where the SDK looks for it. */
  async freshToken(): Promise<string> {
    if (Date.now() > this.#renewAt) {
      const { refreshToken } = this.#tokens;
      const { status, body } = await ask<Tokens>(this.#url, 'POST', '/sessions/refresh', {
        body: { refreshToken },
      });
      if (status === 200) this.#keep(body);
    }
    return this.#tokens.accessToken;
  }

  #keep(tokens: Tokens): void {
    this.#tokens = tokens;
    this.#renewAt = Date.now() + tokens.expiresIn * 1_000 * FRESH;
    this.client.auth.token = tokens.accessToken;
  }
}

/** A connection of its own for every request, as if each came from another machine: the balancer spreads them. */
function fetchAnew(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Connection', 'close');
  return fetch(url, { ...init, headers, signal: AbortSignal.timeout(REQUEST_MS) });
}

async function ask<Body>(
  url: string,
  method: string,
  path: string,
  { token, body }: { token?: string; body?: unknown },
): Promise<Answered<Body>> {
  const response = await fetchAnew(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
}

import { asFailure, ChatFailure, type FailureDetail } from './failure.ts';
import { REQUEST_MS, TOKEN_SPARE_MS, TOKEN_SPARE_PART } from './limits.ts';
import type { Api, ApiOptions, RequestOptions, Tokens, UploadOptions } from './types.ts';
import { type Answer, sendFile } from './upload.ts';

interface Kept {
  readonly token: string;
  readonly renewAt: number;
}

/** The HTTP API with a token that is in memory only: whoever reloads gets the next one through `refresh`. */
export function createApi({ url, refresh }: ApiOptions): Api {
  let kept: Kept | null = null;
  let refreshing: Promise<string> | undefined;

  function useTokens(tokens: Tokens | null): void {
    kept = tokens && { token: tokens.accessToken, renewAt: renewalOf(tokens.expiresIn) };
  }

  async function renew(): Promise<string> {
    try {
      const tokens = await refresh();
      useTokens(tokens);
      if (tokens) return tokens.accessToken;
    } catch (error) {
      throw asFailure(error);
    }
    throw new ChatFailure({ code: 'unauthenticated', message: 'this session has ended' });
  }

  async function freshToken(refused?: string): Promise<string> {
    if (kept && kept.token !== refused && Date.now() < kept.renewAt) return kept.token;
    // Everybody who needs one at the same time shares the one answer: a refresh token works once.
    refreshing ??= renew().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  /** Once more with a new token, because the old one may have ended meanwhile, or a clock may be wrong. */
  async function withToken<Body>(ask: (token: string) => Promise<Answer>): Promise<Body> {
    const token = await freshToken();
    let answer = await ask(token);
    if (answer.status === 401 && codeOf(answer) === 'unauthenticated')
      answer = await ask(await freshToken(token));
    if (answer.status >= 400) throw failureOf(answer);
    return answer.body as Body;
  }

  function request<Body>(method: string, path: string, { body, signal }: RequestOptions = {}): Promise<Body> {
    return withToken((token) => ask(`${url}/api/v1${path}`, { method, token, body, signal }));
  }

  return {
    url,
    useTokens,
    freshToken,
    request,
    get: (path) => request('GET', path),
    post: (path, body) => request('POST', path, { body }),
    put: (path, body) => request('PUT', path, { body }),
    patch: (path, body) => request('PATCH', path, { body }),
    delete: (path, body) => request('DELETE', path, { body }),
    upload: (method, path, file, options: UploadOptions = {}) =>
      withToken((token) => sendFile(`${url}/api/v1${path}`, { method, token, file, ...options })),
    link: (path) => url + path,
  };
}

interface Question {
  readonly method: string;
  readonly token: string;
  readonly body: unknown;
  readonly signal: AbortSignal | undefined;
}

async function ask(url: string, { method, token, body, signal }: Question): Promise<Answer> {
  const patience = AbortSignal.timeout(REQUEST_MS);
  try {
    const response = await fetch(url, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
      retryAfter: response.headers.get('retry-after'),
    };
  } catch (error) {
    throw asFailure(error);
  }
}

function renewalOf(expiresIn: number): number {
  const life = expiresIn * 1_000;
  return Date.now() + life - Math.min(TOKEN_SPARE_MS, life * TOKEN_SPARE_PART);
}

interface ErrorBody {
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly details?: readonly FailureDetail[];
  };
}

function codeOf({ body }: Answer): string | undefined {
  return (body as ErrorBody | undefined)?.error?.code;
}

/** What stands in front of the server (a proxy, a balancer) has its own words, or none. */
function failureOf({ status, body, retryAfter }: Answer): ChatFailure {
  const error = (body as ErrorBody | undefined)?.error;
  const seconds = Number(retryAfter);
  return new ChatFailure({
    code: error?.code ?? (status >= 500 ? 'unavailable' : status === 413 ? 'too_large' : 'bad_request'),
    message: error?.message ?? `the server answered ${status}`,
    details: error?.details,
    retryAfter: retryAfter !== null && Number.isFinite(seconds) ? seconds : undefined,
  });
}

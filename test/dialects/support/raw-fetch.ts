export interface RawRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as an old HTML form does. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
  /** Hangs up. */
  readonly signal?: AbortSignal;
}

export interface RawReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined for what is no JSON. */
  readonly body: any;
  /** `name=value` of each cookie that was set, as a client sends them back. */
  readonly cookies: readonly string[];
}

/** One request, with nothing of ours in it. Redirections are shown, not followed. */
export async function ask(method: string, url: string, request: RawRequest = {}): Promise<RawReply> {
  const { headers, form, json, signal = null } = request;
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal,
    headers: { ...(json !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    body: form ? new URLSearchParams(form) : json !== undefined ? JSON.stringify(json) : request.body,
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: parsed(text),
    cookies: response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]!),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

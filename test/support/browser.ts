import { createHash, randomBytes } from 'node:crypto';

interface Cookie {
  readonly origin: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
}

const MAX_REDIRECTS = 10;

/** As much of a browser as redirects and cookies need. */
export class Browser {
  #cookies: Cookie[] = [];
  /** Every answer's `Set-Cookie` lines, for who wants to read them. */
  readonly setCookies: string[] = [];

  /** One request, without following. */
  async visit(url: string): Promise<Response> {
    const { origin, pathname } = new URL(url);
    const fitting = this.#cookies.filter((each) => each.origin === origin && pathname.startsWith(each.path));
    const cookie = fitting.map(({ name, value }) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of response.headers.getSetCookie()) this.#keep(origin, line);
    return response;
  }

  /** Follows redirects for as long as they do not lead to `until`. */
  async open(url: string, until: string): Promise<Page> {
    let next = url;
    for (let hop = 0; hop < MAX_REDIRECTS; hop += 1) {
      if (next.startsWith(until)) return { url: new URL(next), status: 302, text: '' };
      const response = await this.visit(next);
      const location = response.headers.get('location');
      if (location === null)
        return { url: new URL(next), status: response.status, text: await response.text() };
      next = new URL(location, next).href;
    }
    throw new Error(`${url} leads round in circles`);
  }

  #keep(origin: string, line: string): void {
    this.setCookies.push(line);
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const path = /; *path=([^;]+)/i.exec(line)?.[1] ?? '/';
    this.#cookies = this.#cookies.filter(
      (each) => each.origin !== origin || each.name !== name || each.path !== path,
    );
    if (value !== '') this.#cookies.push({ origin, path, name, value });
  }
}

/** What a client keeps to itself, and what it says of it. */
export function newVerifier(): { codeVerifier: string; codeChallenge: string } {
  const codeVerifier = randomBytes(32).toString('base64url');
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  return { codeVerifier, codeChallenge };
}

import { ask, type RawReply } from '../support/raw-fetch.ts';

/** A client as the old ones are: it knows addresses, JSON and its cookie, and nothing of ours. */
export class ChattyClient {
  cookie = '';
  readonly #root: string;

  /** `root` is what stands in front of `/api`. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Asked for each request. */
  get root(): string {
    return this.#root;
  }

  async call(method: string, path: string, json?: unknown, signal?: AbortSignal): Promise<RawReply> {
    const reply = await ask(method, `${this.root}/api/${path}`, {
      headers: this.cookie === '' ? {} : { Cookie: this.cookie },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(signal && { signal }),
    });
    const [cookie] = reply.cookies;
    if (cookie !== undefined) this.cookie = cookie;
    return reply;
  }

  post(path: string, json: unknown = {}): Promise<RawReply> {
    return this.call('POST', path, json);
  }

  async guest(user: string): Promise<this> {
    const reply = await this.post('login', { user });
    if (reply.status !== 200) throw new Error(`${user} could not log in: ${reply.text}`);
    return this;
  }

  poll(signal?: AbortSignal): Promise<RawReply> {
    return this.call('GET', 'loggedonly/poll', undefined, signal);
  }

  /** Polls until there is something. */
  async next(): Promise<any> {
    for (;;) {
      const { status, text, body } = await this.poll();
      if (status !== 200) throw new Error(`a poll was answered with ${status} ${text}`);
      if (text !== '') return body;
    }
  }

  /** Polls until there is something of this type, passing over all else. */
  async nextOf(type: string): Promise<any> {
    for (;;) {
      const next = await this.next();
      if (next.type === type) return next.event;
    }
  }

  /** Everything that is there, in short, until a poll comes back empty. */
  async drain(): Promise<string[]> {
    const seen: string[] = [];
    for (;;) {
      const { status, text, body } = await this.poll();
      if (status !== 200) throw new Error(`a poll was answered with ${status} ${text}`);
      if (text === '') return seen;
      seen.push(inShort(body));
    }
  }
}

export function inShort({ type, event }: any): string {
  const { user, chat, text } = event;
  return [type, user, chat, text].filter((part) => part !== undefined && part !== '').join(' ');
}

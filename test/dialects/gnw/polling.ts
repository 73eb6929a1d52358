import { ask, type RawReply, type RawRequest } from '../support/raw-fetch.ts';

/** Somebody who speaks to the transport by themselves. */
export class Polling {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  sid = '';

  constructor(root: string, address: string, token: string) {
    this.#headers = { 'X-Forwarded-For': address };
    this.#url = `${root}/socket.io/?EIO=3&transport=polling&token=${token}`;
  }

  async open(): Promise<string> {
    const { text } = await this.get();
    this.sid = /"sid":"([^"]+)"/.exec(text)?.[1] ?? '';
    return text;
  }

  get(): Promise<RawReply> {
    return this.#ask('GET');
  }

  async post(...packets: string[]): Promise<number> {
    const body = packets.map((packet) => `${packet.length}:${packet}`).join('');
    return (await this.#ask('POST', { body })).status;
  }

  #ask(method: string, request: RawRequest = {}) {
    const sid = this.sid === '' ? '' : `&sid=${this.sid}`;
    return ask(method, this.#url + sid, { ...request, headers: this.#headers });
  }
}

import { Client, type Room } from '@colyseus/sdk';
import { type Api, apiOf } from './server.ts';

/** Somebody with an account, a way to the HTTP API and a real SDK client. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly token: string;
  readonly client: Client;
  /** Our API under `/api/v1`; throws nothing, so that refusals can be looked at. */
  readonly api: Api;
  /** The room with a listener already on it: nothing that comes first is missed. */
  join(room: string, options?: object): Promise<Joined>;
}

export interface Heard {
  readonly type: string;
  readonly payload: any;
}

let people = 0;

/** A guest whose username begins with `name` and is nobody else's. */
export async function person(url: string, name: string): Promise<Person> {
  people += 1;
  const username = `${name}-${process.pid}-${people}`;
  const { status, body } = await apiOf(url)('POST', '/accounts/guest', { username, displayName: name });
  if (status !== 201) throw new Error(`${name} could not sign up: ${status} ${JSON.stringify(body)}`);
  return personOf(url, body);
}

/** The person behind an answer of sign-up or sign-in; a second one is a second device. */
export function personOf(
  url: string,
  signedIn: { user: { id: string; username: string }; accessToken: string },
): Person {
  const client = new Client(url);
  const token = signedIn.accessToken;
  client.auth.token = token;
  return {
    id: signedIn.user.id,
    username: signedIn.user.username,
    token,
    client,
    api: apiOf(url, token),
    join: async (name, options = {}) => {
      const joined = new Joined(await client.joinOrCreate(name, options));
      // Comes after the state and after everything unsent.
      await joined.next('ready');
      return joined;
    },
  };
}

/** A room that somebody is in, and everything that it has told them so far. */
export class Joined {
  readonly room: Room;
  readonly heard: Heard[] = [];
  readonly left: Promise<number>;
  readonly #waiting = new Set<() => void>();

  constructor(room: Room) {
    this.room = room;
    room.onMessage('*', (type, payload) => {
      this.heard.push({ type: String(type), payload });
      for (const look of this.#waiting) look();
    });
    room.onStateChange(() => {
      for (const look of this.#waiting) look();
    });
    this.left = new Promise((resolve) => room.onLeave((code) => resolve(code)));
  }

  get state(): any {
    return this.room.state;
  }

  request(type: string, payload?: unknown): Promise<any> {
    return this.room.request(type as never, payload as never);
  }

  of(type: string): any[] {
    return this.heard.filter((each) => each.type === type).map((each) => each.payload);
  }

  get texts(): string[] {
    return this.of('message').map((payload) => payload.message.text);
  }

  /** The first message of this type, past or to come, that fits. */
  async next(type: string, fits: (payload: any) => boolean = () => true): Promise<any> {
    let found: any;
    await this.until(() => {
      found = this.of(type).find(fits);
      return found !== undefined;
    }, `a message ${type}`);
    return found;
  }

  /** Looks again with every message and every change of state. */
  until(fact: () => boolean, what = 'what was expected'): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#waiting.delete(look);
        const heard = this.heard.map((each) => each.type).join(', ');
        reject(new Error(`${what} did not come; heard: ${heard}`));
      }, 20_000);
      const look = (): void => {
        if (!fact()) return;
        clearTimeout(deadline);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Device } from '../client/device.ts';
import type { Mark, Sent } from '../client/wire.ts';
import type { Ledger, SentMessage } from './ledger.ts';
import type { Random } from './random.ts';
import type { Person } from './world.ts';

export interface ActorOptions {
  readonly person: Person;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Between two things that they do; half of it up to half more. */
  readonly pauseMs: number;
}

type Deed = 'send' | 'post' | 'read' | 'delivered' | 'edit' | 'delete' | 'breakLine' | 'visit';

/** How often each is done, of a hundred. */
const SHARES: Readonly<Record<Deed, number>> = {
  send: 60,
  post: 8,
  read: 10,
  delivered: 8,
  edit: 7,
  delete: 3,
  breakLine: 2,
  visit: 2,
};
const DEEDS = (Object.keys(SHARES) as Deed[]).flatMap((deed) => Array<Deed>(SHARES[deed]).fill(deed));
const AWAY_MS = [200, 3_000] as const;
const MOST_WORDS = 60;

/** One person who chats at random: one thing after the other, each until the server has answered it. */
export class Actor {
  readonly person: Person;
  readonly complaints: string[] = [];
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #pauseMs: number;
  /** Own messages that stand, as far as this person knows. */
  readonly #mine: SentMessage[] = [];
  #doing: string | undefined;
  #next = 0;
  #resting: AbortController | undefined;
  #done: Promise<void> = Promise.resolve();

  constructor({ person, ledger, random, pauseMs }: ActorOptions) {
    this.person = person;
    this.#ledger = ledger;
    this.#random = random;
    this.#pauseMs = pauseMs;
  }

  /** What has not been answered yet. */
  get doing(): string | undefined {
    return this.#doing;
  }

  start(): void {
    this.#resting = new AbortController();
    this.#done = this.#act(this.#resting.signal);
  }

  /** Settles when the last thing that they did has been answered. Whoever is away stays away. */
  async rest(): Promise<void> {
    this.#resting?.abort();
    await this.#done;
  }

  async #act(resting: AbortSignal): Promise<void> {
    for (const device of this.person.devices) if (device.whereabouts === 'away') await device.come();
    while (!resting.aborted) {
      const device = this.#random.pick(this.person.devices);
      const deed = this.#random.pick(DEEDS);
      this.#doing = `${deed} on ${device.name}`;
      try {
        await this.#do(deed, device, resting);
      } catch (error) {
        this.complaints.push(`${this.#doing}: ${String(error)}`);
      }
      this.#doing = undefined;
      await pause(this.#pauseMs * (0.5 + this.#random.next()), resting);
    }
  }

  async #do(deed: Deed, device: Device, resting: AbortSignal): Promise<void> {
    if (deed === 'breakLine') return device.breakLine();
    if (deed === 'visit') return await this.#goAndComeBack(device, resting);
    if (deed === 'edit' || deed === 'delete') return await this.#change(deed, device);
    const conversationId = this.#random.pick([...device.logs.keys()]);
    if (conversationId === undefined) return;
    if (deed === 'read' || deed === 'delivered') return await this.#mark(deed, device, conversationId);
    return await this.#send(deed, device, conversationId);
  }

  async #goAndComeBack(device: Device, resting: AbortSignal): Promise<void> {
    await device.go();
    await pause(this.#random.between(...AWAY_MS), resting);
    if (!resting.aborted && device.whereabouts === 'away') await device.come();
  }

  async #send(deed: 'send' | 'post', device: Device, conversationId: string): Promise<void> {
    const { account } = this.person;
    const clientId = `${account.username}-${this.#next++}`;
    const text = this.#text(clientId);
    const sent = this.#ledger.send({ clientId, conversationId, senderId: account.id, text });
    const { seq } =
      deed === 'send'
        ? await device.persist<Sent>('send', { conversationId, clientId, text })
        : await account.api<Sent>('POST', `/conversations/${conversationId}/messages`, { clientId, text });
    this.#ledger.acknowledge(sent, seq);
    this.#mine.push(sent);
  }

  async #mark(deed: 'read' | 'delivered', device: Device, conversationId: string): Promise<void> {
    const { lastSeq } = device.logs.get(conversationId)!;
    if (lastSeq === 0) return;
    // Mostly the newest; sometimes one that was marked long ago, which must change nothing.
    const seq = this.#random.chance(0.8) ? lastSeq : this.#random.between(1, lastSeq);
    const mark = await device.persist<Mark>(deed, { conversationId, seq });
    this.#ledger.read(conversationId, this.person.account.id, mark.readSeq);
    if (deed === 'read' && mark.readSeq < seq) this.complaints.push(`read ${seq}, was told ${mark.readSeq}`);
  }

  async #change(deed: 'edit' | 'delete', device: Device): Promise<void> {
    const mine = this.#mine.filter((message) => device.logs.has(message.conversationId));
    if (mine.length === 0) return;
    const message = this.#random.pick(mine);
    const { conversationId, seq } = message;
    if (deed === 'edit') {
      const text = this.#text(message.clientId);
      message.texts.push(text);
      await device.persist('edit', { conversationId, seq, text }, () => {
        message.editedInDoubt = true;
      });
      return;
    }
    this.#mine.splice(this.#mine.indexOf(message), 1);
    message.deletion = 'asked';
    await device.persist('delete', { conversationId, seq });
    message.deletion = 'acknowledged';
  }

  #text(clientId: string): string {
    const words = Array.from({ length: this.#random.between(1, MOST_WORDS) }, () =>
      this.#random.between(0, 46_655).toString(36),
    );
    return `${clientId} ${words.join(' ')}`;
  }
}

/** Ends early when they are to rest. */
async function pause(ms: number, resting: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: resting }).catch(() => {});
}

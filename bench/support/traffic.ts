import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger, Reader } from './ledger.ts';
import { Latencies } from './stats.ts';
import type { Arrival, Link, Meter } from './target.ts';

const warmUpMs = 3000;
const drainLimitMs = 15_000;
const pauseAfterErrorMs = 20;

/** Senders that always have the same number of requests outstanding, and the counting of what comes of them. */
export class Traffic {
  readonly #text: string;
  readonly #sentAt = new Map<string, number>();
  readonly #latencies = new Latencies();
  readonly #loops: Promise<void>[] = [];
  readonly #errorTexts = new Map<string, number>();
  #stopped = false;
  #recording = false;
  #acknowledged = 0;
  #delivered = 0;
  #errors = 0;
  #next = 0;

  constructor(textLength: number) {
    this.#text = 'x'.repeat(textLength);
  }

  /** Sends into one conversation with `inflight` requests outstanding until the measurement has ended. */
  keepSending(link: Link, ledger: Ledger, self: Reader, inflight: number): void {
    for (let slot = 0; slot < inflight; slot++) this.#loops.push(this.#sendLoop(link, ledger, self));
  }

  /** To be called for every arrival at `reader`. */
  arrived(reader: Reader, { message }: Arrival): void {
    reader.saw(message.seq);
    if (!this.#recording || message.senderId === reader.personId) return;
    this.#delivered++;
    const sentAt = this.#sentAt.get(message.clientId ?? '');
    if (sentAt !== undefined) this.#latencies.record(performance.now() - sentAt);
  }

  async measure(seconds: number, meter: Meter | undefined): Promise<Record<string, number>> {
    await sleep(warmUpMs);
    const costBefore = { server: meter?.server(), database: meter?.database?.(), bus: meter?.bus?.() };
    const clientBefore = process.cpuUsage();
    const startedAt = performance.now();
    this.#acknowledged = this.#delivered = this.#errors = 0;
    this.#recording = true;
    await sleep(seconds * 1000);
    this.#recording = false;
    const took = (performance.now() - startedAt) / 1000;
    const client = process.cpuUsage(clientBefore);
    if (this.#acknowledged === 0)
      throw new Error(`nothing was acknowledged: ${this.errorTexts[0] ?? 'no answers'}`);
    const per1000 = (after?: number, before?: number): number =>
      (((after ?? Number.NaN) - (before ?? Number.NaN)) / this.#acknowledged) * 1000;
    return {
      'acknowledged/s': this.#acknowledged / took,
      'delivered/s': this.#delivered / took,
      'p50 ms': this.#latencies.percentile(50),
      'p95 ms': this.#latencies.percentile(95),
      'p99 ms': this.#latencies.percentile(99),
      'server CPU s/1000': per1000(meter?.server(), costBefore.server),
      'PostgreSQL CPU s/1000': per1000(meter?.database?.(), costBefore.database),
      ...(meter?.bus && { 'NATS CPU s/1000': per1000(meter.bus(), costBefore.bus) }),
      'client CPU %': ((client.user + client.system) / 1e6 / took) * 100,
      errors: this.#errors,
    };
  }

  /** Ends the sending and waits until what is under way has arrived. */
  async drain(ledgers: readonly Ledger[]): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
    const deadline = performance.now() + drainLimitMs;
    while (performance.now() < deadline && !ledgers.every((ledger) => ledger.allSeen())) await sleep(200);
  }

  /** What went wrong, each kind once, with how often. */
  get errorTexts(): string[] {
    return [...this.#errorTexts].map(([text, count]) => `${count} × ${text}`);
  }

  async #sendLoop(link: Link, ledger: Ledger, self: Reader): Promise<void> {
    while (!this.#stopped) {
      const clientId = `bench-${this.#next++}`;
      this.#sentAt.set(clientId, performance.now());
      try {
        const { seq } = await link.send({ clientId, text: this.#text });
        ledger.acknowledged.set(clientId, seq);
        self.wrote.add(seq);
        this.#acknowledged++;
      } catch (error) {
        this.#errors++;
        const text = String(error);
        this.#errorTexts.set(text, (this.#errorTexts.get(text) ?? 0) + 1);
        await sleep(pauseAfterErrorMs);
      }
    }
  }
}

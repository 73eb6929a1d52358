import { ask } from './server.js';

const KEEPALIVE_MS = 15_000;
const FIRST_PAUSE_MS = 500;
/** The server forgets after a minute who asks nothing. */
const LONGEST_PAUSE_MS = 15_000;
/** Empty answers that come sooner than that, and how many of them in a row are nothing to wonder about. */
const EARLY_MS = 1_000;
const EARLY_IN_A_ROW = 3;

/** Not at the moment at which everybody else comes who has lost the same server. */
const jitter = (ms) => ms * (0.5 + Math.random() / 2);

/**
 * Polls for one event after the other, and stays signed in by it. Each event goes to one poll only, so tabs of one
 * browser, which have one cookie, tell each other what they have heard.
 */
export class Line {
  #tabs = new BroadcastChannel(import.meta.url);
  #closing = new AbortController();
  #keepalive = setInterval(() => ask('PUT', 'loggedonly/keepalive').catch(() => {}), KEEPALIVE_MS);
  #to;

  constructor(to) {
    this.#to = to;
    // Whether this tab is still signed in its own polls will tell.
    this.#tabs.onmessage = ({ data }) => to.hear(data).catch(() => {});
    this.#run();
  }

  share(frame) {
    this.#tabs.postMessage(frame);
  }

  close() {
    this.#closing.abort();
    this.#tabs.close();
    clearInterval(this.#keepalive);
  }

  async #run() {
    const { signal } = this.#closing;
    let lost = false;
    let failures = 0;
    let early = 0;
    while (!signal.aborted) {
      try {
        if (lost) await this.#to.onBack();
        lost = false;
        const asked = performance.now();
        const frame = await ask('GET', 'loggedonly/poll', { signal });
        failures = 0;
        if (frame !== undefined) {
          this.share(frame);
          await this.#to.hear(frame);
        }
        early = frame === undefined && performance.now() - asked < EARLY_MS ? early + 1 : 0;
        if (early > EARLY_IN_A_ROW) await this.#pause(EARLY_MS);
      } catch (error) {
        if (signal.aborted) return;
        if (error.status === 401) return this.#to.onOver();
        lost = true;
        this.#to.onLost();
        await this.#pause(Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS));
        failures += 1;
      }
    }
  }

  #pause(ms) {
    return new Promise((resolve) => setTimeout(resolve, jitter(ms)));
  }
}

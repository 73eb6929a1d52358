import { TYPING_PAUSE_MS, TYPING_REPEAT_MS } from './limits.ts';

/** Turns many keys into few signs of typing. The server forgets them after a while, so they are repeated. */
export class Typist {
  readonly #tell: (conversationId: string, on: boolean) => void;
  #conversationId: string | undefined;
  #toldAt = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (conversationId: string, on: boolean) => void) {
    this.#tell = tell;
  }

  typing(conversationId: string, on: boolean): void {
    if (this.#conversationId !== conversationId) this.stop();
    if (!on) {
      this.stop();
      return;
    }
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.stop(), TYPING_PAUSE_MS);
    if (this.#conversationId === conversationId && Date.now() - this.#toldAt < TYPING_REPEAT_MS) return;
    this.#conversationId = conversationId;
    this.#toldAt = Date.now();
    this.#tell(conversationId, true);
  }

  stop(): void {
    clearTimeout(this.#pause);
    const conversationId = this.#conversationId;
    this.#conversationId = undefined;
    if (conversationId !== undefined) this.#tell(conversationId, false);
  }

  /** A message ends it by itself. */
  sent(): void {
    clearTimeout(this.#pause);
    this.#conversationId = undefined;
  }
}

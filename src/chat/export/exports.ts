import { ChatError } from '../errors.ts';
import { MAX_EXPORTS_AT_ONCE, MAX_EXPORTS_PER_PERSON } from '../limits.ts';

/** The exports that this node is writing: each keeps the database busy for a while. */
export class Exports {
  readonly #running: string[] = [];

  /** Answers the way to say that it is over. */
  begin(userId: string): () => void {
    if (this.#running.filter((each) => each === userId).length >= MAX_EXPORTS_PER_PERSON)
      throw new ChatError('conflict', 'an export of yours is under way; read it to its end');
    if (this.#running.length >= MAX_EXPORTS_AT_ONCE)
      throw new ChatError('busy', 'too many people export at once; try again soon');
    this.#running.push(userId);
    return () => {
      this.#running.splice(this.#running.indexOf(userId), 1);
    };
  }
}

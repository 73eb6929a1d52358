import { argon2id, hash, needsRehash, verify } from 'argon2';
import pLimit from 'p-limit';
import { ChatError } from './errors.ts';
import { MAX_HASHES_AT_ONCE, MAX_HASHES_QUEUED } from './limits.ts';

/** OWASP's first choice for argon2id: 19 MiB, two passes. */
const OPTIONS = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Nobody's password, hashed with the same costs: checked when there is no hash to check. */
const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,p=1,t=2$JGWjd0/Qkclao7Ed0pHd+A$440EkhRRiYFVZPFcLYiMEvL+uGlq13BORPsS7eUM0eo';

/** Hashes and checks passwords, a few at a time: each one costs 19 MiB and a core for a while. */
export class Passwords {
  readonly #limit = pLimit(MAX_HASHES_AT_ONCE);

  hash(password: string): Promise<string> {
    return this.#run(() => hash(password, OPTIONS));
  }

  /** Takes as long without a hash as with one, so that the time does not tell whether there is an account. */
  async verify(storedHash: string | null | undefined, password: string): Promise<boolean> {
    const matches = await this.#run(() => verify(storedHash ?? NOBODYS_HASH, password));
    return matches && storedHash != null;
  }

  /** Whether a hash was made with other costs than today's. */
  isOutdated(storedHash: string): boolean {
    return needsRehash(storedHash, OPTIONS);
  }

  #run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#limit.pendingCount >= MAX_HASHES_QUEUED) {
      return Promise.reject(new ChatError('busy', 'too many people are signing in; try again soon'));
    }
    return this.#limit(task);
  }
}

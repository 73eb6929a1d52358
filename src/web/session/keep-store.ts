import type { Store } from '../client/index.ts';

/** One value that whoever draws it can listen to. */
export function keepStore<State>(initial: State): Store<State> & { set(next: State): void } {
  let snapshot = initial;
  const listeners = new Set<() => void>();
  return {
    get snapshot() {
      return snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      snapshot = next;
      for (const listener of [...listeners]) listener();
    },
  };
}

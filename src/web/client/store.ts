import type { Store } from './types.ts';

export interface WritableStore<State> extends Store<State> {
  update(change: (snapshot: State) => State): void;
}

/** One immutable snapshot at a time. Whoever listens is told once for everything that changed in one go. */
export function createStore<State>(initial: State): WritableStore<State> {
  let snapshot = initial;
  let told = true;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    told = true;
    for (const listener of [...listeners]) listener();
  };
  return {
    get snapshot() {
      return snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    update(change) {
      const next = change(snapshot);
      if (next === snapshot) return;
      snapshot = next;
      if (!told) return;
      told = false;
      queueMicrotask(tell);
    },
  };
}

/** A map with one entry more, or another one in its place. */
export function withEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
): ReadonlyMap<Key, Value> {
  return map.get(key) === value && map.has(key) ? map : new Map(map).set(key, value);
}

/** A map with some of its values changed; the same one if none was. */
export function withChanged<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  change: (value: Value) => Value,
): ReadonlyMap<Key, Value> {
  let changed = map;
  for (const [key, value] of map) changed = withEntry(changed, key, change(value));
  return changed;
}

export function without<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

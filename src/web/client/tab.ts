import { randomId } from './random-id.ts';

/** This page among the others of the same person in the same browser. */
export interface Tab {
  readonly id: string;
  /** Whether another one is still open. Where that cannot be known, it counts as closed. */
  isOpen(id: string): Promise<boolean>;
  close(): void;
}

/** A lock is held for as long as the tab exists, however it ends. */
export function openTab(): Tab {
  const id = randomId();
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  const closed = new AbortController();
  const held = new Promise<void>((resolve) => closed.signal.addEventListener('abort', () => resolve()));
  locks?.request(nameOf(id), () => held).catch(() => {});
  return {
    id,
    isOpen: async (other) => {
      if (other === id) return true;
      if (!locks) return false;
      return locks.request(nameOf(other), { ifAvailable: true }, (lock) => lock === null);
    },
    close: () => closed.abort(),
  };
}

function nameOf(id: string): string {
  return `parlour-tab-${id}`;
}

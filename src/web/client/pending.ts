import type { KeptMessage } from './drawer.ts';
import { withEntry, without } from './store.ts';
import type { Pending, Snapshot } from './types.ts';

/** What is seen of a message that is kept. */
export function pendingOf({
  files,
  refused,
  tab: _,
  userId: __,
  order: ___,
  ...message
}: KeptMessage): Pending {
  return {
    ...message,
    files: files.map((file) => ({ ...file, progress: file.id === null ? 0 : 1 })),
    state: refused ? 'refused' : 'waiting',
    seq: null,
    error: refused,
  };
}

/** Changes one, adds it at the end, or, for undefined, takes it away. */
export function withPending(
  snapshot: Snapshot,
  conversationId: string,
  clientId: string,
  change: (before: Pending | undefined) => Pending | undefined,
): Snapshot {
  const all = snapshot.outbox.get(conversationId) ?? [];
  const at = all.findIndex((pending) => pending.clientId === clientId);
  const after = change(all[at]);
  let changed: readonly Pending[];
  if (after === undefined) changed = all.filter((_, index) => index !== at);
  else changed = at < 0 ? [...all, after] : all.with(at, after);
  const outbox =
    changed.length > 0
      ? withEntry(snapshot.outbox, conversationId, changed)
      : without(snapshot.outbox, conversationId);
  return { ...snapshot, outbox };
}

export function withProgress(pending: Pending, index: number, progress: number): Pending {
  return {
    ...pending,
    files: pending.files.map((file, at) => (at === index ? { ...file, progress } : file)),
  };
}

import type { Message } from '../client/index.ts';

/** What stands in the list, one below the other. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'unread'; readonly key: 'unread' }
  | { readonly kind: 'message'; readonly key: string; readonly message: Message; readonly begins: boolean };

/** Messages of one person within this time look like one. */
const TOGETHER_MS = 5 * 60 * 1_000;

/** `readTo`: where the reader had got to when they came; what comes after it is under a line of its own. */
export function rowsOf(messages: readonly Message[], readTo: number | null, me: string | undefined): Row[] {
  const rows: Row[] = [];
  let before: Message | undefined;
  let line = readTo !== null;
  for (const message of messages) {
    const isNewDay = before === undefined || dayOf(before.sentAt) !== dayOf(message.sentAt);
    if (isNewDay) rows.push({ kind: 'day', key: `day ${message.seq}`, at: message.sentAt });
    const isUnread = line && message.seq > readTo! && message.senderId !== me;
    // Where the read ones are not here to be seen, the line belongs further up.
    if (isUnread && before !== undefined) rows.push({ kind: 'unread', key: 'unread' });
    const begins = isNewDay || isUnread || !isTogether(before!, message);
    rows.push({ kind: 'message', key: String(message.seq), message, begins });
    if (isUnread) line = false;
    before = message;
  }
  return rows;
}

function isTogether(before: Message, message: Message): boolean {
  return (
    before.senderId === message.senderId &&
    Date.parse(message.sentAt) - Date.parse(before.sentAt) < TOGETHER_MS
  );
}

function dayOf(iso: string): string {
  return new Date(iso).toDateString();
}

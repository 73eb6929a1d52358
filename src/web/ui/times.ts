const DAY_MS = 24 * 60 * 60 * 1_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Short, for lists: the time of today, the day of this week, else the date. */
export function shortTime(iso: string, now = new Date()): string {
  const time = new Date(iso);
  if (time.toDateString() === now.toDateString()) return clock.format(time);
  return (now.getTime() - time.getTime() < 6 * DAY_MS ? weekday : date).format(time);
}

export function fullTime(iso: string): string {
  return full.format(new Date(iso));
}

/** How long ago, roughly. */
export function ago(iso: string, now = Date.now()): string {
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return date.format(new Date(iso));
}

export function timeOf(iso: string): string {
  return clock.format(new Date(iso));
}

const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });

/** For the line between two days. */
export function dayName(iso: string, now = new Date()): string {
  const time = new Date(iso);
  if (time.toDateString() === now.toDateString()) return 'Today';
  if (time.toDateString() === new Date(now.getTime() - DAY_MS).toDateString()) return 'Yesterday';
  return (time.getFullYear() === now.getFullYear() ? day : dayOfYear).format(time);
}

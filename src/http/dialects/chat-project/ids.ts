/**
 * Messages are numbered here, and have a UUID there: one of version 8, whose bits are ours to choose, made of the
 * number. It can be guessed, as the number can: who may see a message is asked where it is looked up.
 */
const NUMBERED = /^70617268-6f75-8([01])00-8([0-9a-f]{3})-([0-9a-f]{12})$/i;

type Kind = 0 | 1;
const MESSAGE: Kind = 0;
const STATUS: Kind = 1;

export function messageUuid(id: number): string {
  return uuidOf(MESSAGE, id);
}

/** Of what has become of a message; each has one. */
export function statusUuid(id: number): string {
  return uuidOf(STATUS, id);
}

/** Undefined for a UUID that is no message's. */
export function messageNumber(uuid: string): number | undefined {
  const [, kind, high, low] = NUMBERED.exec(uuid) ?? [];
  if (kind !== String(MESSAGE)) return undefined;
  const id = Number.parseInt(`${high}${low}`, 16);
  return Number.isSafeInteger(id) ? id : undefined;
}

function uuidOf(kind: Kind, id: number): string {
  const hex = id.toString(16).padStart(15, '0');
  return `70617268-6f75-8${kind}00-8${hex.slice(0, 3)}-${hex.slice(3)}`;
}

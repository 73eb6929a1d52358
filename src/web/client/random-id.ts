const BYTES = 16;

/** `crypto.randomUUID` is there for pages from https and localhost only. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

import type { ByteRange } from '../chat/media/media-store.ts';

/** `all`: there is no range, or one that we may ignore; `none`: it lies outside the file. */
export type AskedRange = ByteRange | 'all' | 'none';

/** RFC 9110, 14: one range. Several at once are answered with the whole, as is what cannot be understood. */
export function parseRange(header: string | undefined, size: number): AskedRange {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? '');
  if (!match) return 'all';
  const [first, last] = [match[1]!, match[2]!];
  if (first === '' && last === '') return 'all';
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'none' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return 'all';
  return start >= size ? 'none' : { start, end };
}

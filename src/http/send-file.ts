import { Readable } from 'node:stream';
import type { Context } from 'hono';
import type { ByteRange } from '../chat/media/media-store.ts';
import type { ReadableFile } from '../chat/media/read-media.ts';
import { parseRange } from './byte-range.ts';

/** Whatever a file holds, nothing in it runs, loads anything or counts as a page of ours. */
const CSP = "sandbox; default-src 'none'";

/** A file never changes, so whoever has it with this tag has it for good. */
export async function sendFile(c: Context, file: ReadableFile, cacheSeconds: number): Promise<Response> {
  const tag = `"${file.hash}"`;
  const headers: Record<string, string> = {
    'Accept-Ranges': 'bytes',
    'Cache-Control': cacheSeconds > 0 ? `private, max-age=${cacheSeconds}, immutable` : 'private, no-cache',
    'Content-Security-Policy': CSP,
    // Pages of other origins show pictures by their links; the link, or the token, is what protects them.
    'Cross-Origin-Resource-Policy': 'cross-origin',
    ETag: tag,
  };
  if (namesTag(c.req.header('if-none-match'), tag)) return c.body(null, 304, headers);

  const ifRange = c.req.header('if-range');
  const asked = ifRange === undefined || ifRange === tag ? c.req.header('range') : undefined;
  const range = parseRange(asked, file.size);
  if (range === 'none') return c.body(null, 416, { 'Content-Range': `bytes */${file.size}` });
  const part = range === 'all' ? { start: 0, end: file.size - 1 } : range;
  headers['Content-Type'] = file.type;
  headers['Content-Disposition'] = disposition(file);
  headers['Content-Length'] = String(part.end - part.start + 1);
  if (range !== 'all') headers['Content-Range'] = `bytes ${part.start}-${part.end}/${file.size}`;
  const status = range === 'all' ? 200 : 206;
  if (c.req.method === 'HEAD') return c.body(null, status, headers);
  return c.body(await streamOf(file, range === 'all' ? undefined : part), status, headers);
}

async function streamOf(file: ReadableFile, range: ByteRange | undefined): Promise<ReadableStream> {
  return Readable.toWeb(await file.open(range)) as ReadableStream;
}

function namesTag(header: string | undefined, tag: string): boolean {
  const names = header?.split(',').map((name) => name.trim().replace(/^W\//, '')) ?? [];
  return names.includes(tag) || names.includes('*');
}

/** RFC 6266: the name twice, for clients that know only ASCII and for all others. */
export function disposition({ isPicture, name }: Pick<ReadableFile, 'isPicture' | 'name'>): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  return `${isPicture ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${extValue(name)}`;
}

/** RFC 8187: `encodeURIComponent` leaves four characters that must be encoded there. */
function extValue(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

import { fileTypeFromFile } from 'file-type';

/** What a browser shows to nobody: it saves it. */
export const UNKNOWN_TYPE = 'application/octet-stream';

/** These keep their type, because players need it; they are still downloads to whoever opens them by themselves. */
const TOLD = /^(?:image|audio|video)\/[\w.+-]+$|^application\/(?:pdf|zip)$/;
/** Documents with scripts in them, whatever they are filed under. */
const ACTIVE = /svg|xml|html/;

/** By what the file holds: neither its name nor what its sender says of it counts. */
export async function typeOf(path: string): Promise<string> {
  // A parser that stumbles over a hostile file has recognised nothing.
  const found = await fileTypeFromFile(path).catch(() => undefined);
  const type = found?.mime.split(';')[0]?.trim() ?? UNKNOWN_TYPE;
  if (type === 'image/apng') return 'image/png';
  return TOLD.test(type) && !ACTIVE.test(type) ? type : UNKNOWN_TYPE;
}

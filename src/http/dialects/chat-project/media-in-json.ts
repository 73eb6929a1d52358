import { ChatError } from '../../../chat/errors.ts';
import type { FileInHand } from '../../../chat/send-with-files.ts';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const CONTENTS = ['data', 'content', 'file'];

/**
 * Its description says `[{"filename": "base64_of_file"}]`, which is read both ways: the name as the key, and one
 * fixed key. Objects with the name and what is in it under keys of their own are understood, too.
 */
export function decodeMedia(value: unknown): FileInHand[] {
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) throw undecodable();
  return value.flatMap((item) => filesOf(item));
}

function filesOf(item: unknown): FileInHand[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) throw undecodable();
  const fields: Readonly<Record<string, unknown>> = { ...item };
  const content = CONTENTS.find((key) => typeof fields[key] === 'string');
  if (typeof fields.filename === 'string' && content !== undefined)
    return [{ name: fields.filename, bytes: decode(fields[content]) }];
  const pairs = Object.entries(fields);
  if (pairs.length === 0) throw undecodable();
  return pairs.map(([name, base64]) => ({ name, bytes: decode(base64) }));
}

function decode(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw undecodable();
  const base64 = value.replace(/^data:[^,]*;base64,/i, '').replace(/\s+/g, '');
  if (base64 === '' || base64.length % 4 === 1 || !BASE64.test(base64)) throw undecodable();
  return Buffer.from(base64, 'base64');
}

function undecodable(): ChatError {
  return new ChatError('bad_request', 'Invalid media: an array of {"<file name>": "<base64>"} is expected');
}

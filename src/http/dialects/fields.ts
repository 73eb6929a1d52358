import type { Context } from 'hono';
import { ChatError } from '../../chat/errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of a request however its client sent them: JSON (whatever it says of its type), a form, or both kinds
 * of form. Files are left as they are. A body that is none of these is refused.
 */
export async function readFields(c: Context): Promise<Fields> {
  const type = c.req.header('content-type') ?? '';
  if (/^multipart\/form-data\s*;/i.test(type)) return readForm(c);
  const text = await c.req.text();
  if (/^\s*[{[]/.test(text) || /^application\/(?:[\w.+-]*\+)?json\b/i.test(type)) return parseObject(text);
  return fieldsOf(new URLSearchParams(text));
}

/** What stands in the query; for those servers that take their fields from there, too. */
export function queryFields(c: Context): Fields {
  return fieldsOf(new URL(c.req.url).searchParams);
}

export function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw new ChatError('bad_request', (error as Error).message);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ChatError('bad_request', 'not an object');
  return value as Fields;
}

/** The first of several, as most servers do. */
function fieldsOf(parameters: URLSearchParams): Fields {
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, value] of parameters) fields[name] ??= value;
  return fields;
}

async function readForm(c: Context): Promise<Fields> {
  try {
    return await c.req.parseBody();
  } catch {
    throw new ChatError('bad_request', 'the form is broken');
  }
}

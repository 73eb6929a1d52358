import type { Context } from 'hono';
import { MAX_NAME_LENGTH as MAX_NAME } from '../../../chat/inputs/accounts.ts';
import { parseObject } from '../fields.ts';
import { Refusal } from './refusal.ts';

/**
 * The texts of a JSON body, whatever it says of its type. Names match without regard to case, as the original's do; a
 * field that is not there is an empty text.
 */
export async function readBody(c: Context): Promise<(name: string) => string> {
  const text = await c.req.text();
  const fields = parsed(text);
  const names = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));
  return (name) => {
    const value = fields[Object.hasOwn(fields, name) ? name : (names.get(name.toLowerCase()) ?? name)] ?? '';
    if (typeof value !== 'string') throw cannotParse();
    return value;
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') throw cannotParse();
  try {
    return parseObject(text);
  } catch {
    throw cannotParse();
  }
}

function cannotParse(): Refusal {
  return new Refusal(400, 'cannot parse data');
}

/** Any text that can be shown in one line and stand in a link. */
export function nameOf(text: string): string {
  const name = text.normalize();
  if (name === '') throw new Refusal(400, 'user is empty');
  const isName = /\S/.test(name) && !/\p{Cc}/u.test(name) && name.isWellFormed() && !/^\.\.?$/.test(name);
  if (!isName || name.length > MAX_NAME)
    throw new Refusal(400, `user must be a name of up to ${MAX_NAME} characters`);
  return name;
}

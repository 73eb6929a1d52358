import { ChatError, type ErrorDetail } from '../../../chat/errors.ts';
import type { Fields } from '../fields.ts';

/**
 * The fields by these names, trimmed, or everything that is wrong with them at once. A field of blanks is there and
 * has to please its rule; one that is empty is not.
 */
export function readForm<Name extends string>(
  fields: Fields,
  names: readonly Name[],
  wrongIn: (given: Record<Name, string>) => ErrorDetail[] = () => [],
): Record<Name, string> {
  const given = Object.fromEntries(names.map((name) => [name, textOf(fields[name])])) as Record<Name, string>;
  const missing = names.filter((name) => given[name] === '');
  const trimmed = Object.fromEntries(names.map((name) => [name, given[name].trim()])) as Record<Name, string>;
  const wrong = [
    ...missing.map((path) => ({ path, message: 'is required' })),
    ...wrongIn(trimmed).filter(({ path }) => !missing.includes(path as Name)),
  ];
  if (wrong.length > 0) throw new ChatError('bad_request', 'the form is not valid', wrong);
  return trimmed;
}

/** A client that sends JSON may take a phone number for a number. */
export function textOf(field: unknown): string {
  return typeof field === 'string' ? field : typeof field === 'number' ? String(field) : '';
}

import type { z } from 'zod';
import { ChatError } from '../errors.ts';

/** Parses what came in over any wire, or says what is wrong with it. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalid(result.error);
}

export function invalid(error: z.ZodError): ChatError {
  const details = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = details[0];
  const where = first?.path ? `${first.path}: ` : '';
  return new ChatError('bad_request', where + (first?.message ?? 'invalid input'), details);
}

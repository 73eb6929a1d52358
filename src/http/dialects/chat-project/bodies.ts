import type { Context, MiddlewareHandler } from 'hono';
import { ChatError } from '../../../chat/errors.ts';
import type { FileInHand } from '../../../chat/send-with-files.ts';
import { MAX_JSON_BYTES, MAX_JSON_MS } from '../../app.ts';
import { limitBody } from '../../limit-body.ts';
import { type Fields, readFields } from '../fields.ts';
import { MAX_FORM_BYTES, MAX_FORMS_AT_ONCE } from './limits.ts';
import { malformed } from './refusals.ts';

const EVERYTHING = (): boolean => false;

/** Routes whose forms may have files in them. What is not such a form is as small as everywhere. */
export class Forms {
  readonly #small = limitBody({ maxBytes: MAX_JSON_BYTES, maxMs: MAX_JSON_MS, except: EVERYTHING });
  readonly #large: ReturnType<typeof limitBody>;
  #inside = 0;

  constructor(maxMs: number) {
    this.#large = limitBody({ maxBytes: MAX_FORM_BYTES, maxMs, except: EVERYTHING });
  }

  readonly read: MiddlewareHandler = async (c, next) => {
    if (!isForm(c)) return this.#small(c, next);
    if (this.#inside >= MAX_FORMS_AT_ONCE)
      throw new ChatError('busy', 'too many files are being uploaded; try again soon');
    this.#inside += 1;
    try {
      return await this.#large(c, next);
    } finally {
      this.#inside -= 1;
    }
  };
}

/** As the framework reads them: numbers and flags are texts too, and what is empty is there. */
export async function bodyOf(c: Context): Promise<Fields> {
  try {
    return await readFields(c);
  } catch (error) {
    if (error instanceof ChatError && error.code === 'bad_request')
      throw malformed(c, isForm(c) ? error.message : `JSON parse error - ${error.message}`);
    throw error;
  }
}

/** Undefined for what is no text; what is empty counts as not given where the old server saw it so. */
export function textOfField(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export async function fileInHand(file: File): Promise<FileInHand> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

/** All files of a form, under whatever names; none for what is no form. */
export async function filesOf(c: Context): Promise<FileInHand[]> {
  if (!isForm(c)) return [];
  const values = Object.values(await c.req.parseBody({ all: true })).flat();
  return Promise.all(values.filter((value) => value instanceof File).map(fileInHand));
}

function isForm(c: Context): boolean {
  return /^multipart\/form-data\s*;/i.test(c.req.header('content-type') ?? '');
}

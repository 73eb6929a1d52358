import type { Context } from 'hono';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_NUMBER, MAX_PAGE_SIZE } from './limits.ts';

export interface Page {
  readonly number: number;
  readonly limit: number;
  readonly offset: number;
}

/** Undefined for what is no number or not a positive one. Sizes above the largest are the largest. */
export function pageOf(c: Context): Page | undefined {
  const number = positive(c.req.query('page') ?? '1');
  const size = positive(c.req.query('page_size') ?? String(DEFAULT_PAGE_SIZE));
  if (number === undefined || size === undefined) return undefined;
  const limit = Math.min(size, MAX_PAGE_SIZE);
  return { number, limit, offset: (number - 1) * limit };
}

/** Undefined for a page after the last one; the first one is always there, if empty. */
export function pageBody(
  c: Context,
  { number, limit, offset }: Page,
  found: { readonly count: number; readonly results: readonly object[] },
  secure: boolean,
): object | undefined {
  const { count, results } = found;
  if (number > 1 && offset >= count) return undefined;
  return {
    count,
    next: offset + limit < count ? linkTo(c, number + 1, secure) : null,
    previous: number > 1 ? linkTo(c, number - 1, secure) : null,
    results,
  };
}

/** The same address with another page in it; the first page needs none. */
function linkTo(c: Context, number: number, secure: boolean): string {
  const url = new URL(c.req.url);
  if (secure) url.protocol = 'https:';
  if (number === 1) url.searchParams.delete('page');
  else url.searchParams.set('page', String(number));
  return url.href;
}

function positive(text: string): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= 1 && number <= MAX_PAGE_NUMBER ? number : undefined;
}

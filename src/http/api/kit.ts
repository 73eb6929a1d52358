import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { z } from 'zod';
import type { AdminCaller } from '../../chat/admin/act-on-user.ts';
import { requireAdmin } from '../../chat/admins.ts';
import { authenticate, type Caller } from '../../chat/authenticate.ts';
import type { Chat } from '../../chat/chat.ts';
import { ChatError, ERROR_CODES, type ErrorCode } from '../../chat/errors.ts';
import { DEFAULT_PAGE, MAX_PAGE } from '../../chat/limits.ts';
import type { RateName } from '../../chat/rates.ts';
import { clientAddress } from '../client-address.ts';
import { errorBody, STATUS_OF } from '../errors.ts';

export interface ApiEnv {
  Variables: {
    /** Set by `signedIn`. */
    caller: Caller;
    /** Set for those parts that are for admins. */
    admin: AdminCaller;
  };
}

/** A part of the API, as the whole sees it: what it answers is told by its description, not by its type. */
export type Api = OpenAPIHono<ApiEnv>;

/** A part of the API. What it throws is answered by the whole's error handler. */
export function createApi(): Api {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => {
      if (result.success) return;
      const details = result.error.issues.map(({ path, message }) => ({
        path: path.map(String).join('.'),
        message,
      }));
      const refusal = new ChatError(
        'bad_request',
        `the ${PLACES[result.target] ?? result.target} is not valid`,
        details,
      );
      return c.json(errorBody(refusal), 400);
    },
  });
}

/** A part of the API for those who are signed in: `c.get('caller')` is set in every handler. */
export function createSignedInApi(chat: Chat): Api {
  const api = createApi();
  api.use(signedIn(chat));
  return api;
}

/** A part of the API for admins: everybody else is refused whatever they ask. */
export function createAdminApi(chat: Chat): Api {
  const api = createSignedInApi(chat);
  api.use(async (c, next) => {
    if (c.get('admin') === undefined) {
      const caller = c.get('caller');
      await requireAdmin(chat, caller.userId);
      c.set('admin', { ...caller, address: clientAddress(c) });
    }
    await next();
  });
  return api;
}

const PLACES: Record<string, string> = { json: 'body', param: 'path', query: 'query', header: 'header' };

export function signedIn(chat: Chat): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    // Parts that share a prefix bring this check along more than once.
    if (c.get('caller') === undefined) {
      c.set(
        'caller',
        await authenticate(chat, bearerToken(c.req.header('authorization')), { address: clientAddress(c) }),
      );
    }
    await next();
  };
}

/** As often as this is allowed by the table of rates. After `signedIn` it knows the account, too. */
export function limited(chat: Pick<Chat, 'limits'>, rate: RateName): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const caller = c.get('caller') as Caller | undefined;
    chat.limits.take(rate, {
      account: caller?.userId,
      device: caller?.sessionId,
      address: clientAddress(c),
    });
    await next();
  };
}

export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}

// What a route says about itself. Refusals are thrown, never returned, so `refusals` adds nothing to the type
// of what a handler may return.

const json = <Schema extends z.ZodType>(schema: Schema) => ({ 'application/json': { schema } });

export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { content: json(schema), required: true as const };
}

/** For a request that may come without one. */
export function optionalJsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { content: json(schema), required: false as const };
}

export function ok<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { 200: { description, content: json(schema) } };
}

export function created<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { 201: { description, content: json(schema) } };
}

export function accepted(description: string) {
  return { 202: { description } };
}

export function noContent(description: string) {
  return { 204: { description } };
}

export function errors(...codes: readonly ErrorCode[]): Record<never, never> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(STATUS_OF[code], [...(byStatus.get(STATUS_OF[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      { description: same.map((code) => `\`${code}\``).join(', '), content: json(errorSchema) },
    ]),
  );
}

const errorSchema = z
  .object({
    error: z.object({
      code: z.enum(ERROR_CODES),
      message: z.string(),
      details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    }),
  })
  .meta({ id: 'Error' });

/** Spread into a route that anybody may use; all others ask for the bearer token. */
export const PUBLIC = { security: [] };

// Lists.

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
  cursor: z.string().max(1_000).optional().meta({ description: '`next` of the page before' }),
});

export function pageOf<Schema extends z.ZodType>(item: Schema) {
  return z.object({
    items: z.array(item).readonly(),
    next: z.string().nullable().meta({ description: 'cursor of the next page; null on the last one' }),
  });
}

/** Opaque to clients: they hand back what they were given. */
export function encodeCursor(position: object): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

export function decodeCursor<Schema extends z.ZodType>(
  schema: Schema,
  cursor: string | undefined,
): z.output<Schema> | undefined {
  if (cursor === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success) throw new ChatError('bad_request', 'cursor: not one of ours');
  return parsed.data;
}

/** A page as a command answers it, its position made opaque. */
export function pageBody<Item>(page: { readonly items: readonly Item[]; readonly next: object | null }) {
  return { items: page.items, next: page.next === null ? null : encodeCursor(page.next) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { Context, Hono } from 'hono';
import { ChatError } from '../chat/errors.ts';
import { answer } from './errors.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Tells a path that does not exist, or whose route found nothing, from one that has only other methods. */
export function answerNotFound(app: Pick<Hono, 'router'>, c: Context): Response {
  const allowed = allowedMethods(app, c.req.path);
  if (allowed.length === 0 || allowed.includes(c.req.method))
    return answer(c, new ChatError('not_found', 'no such route'));
  c.header('Allow', allowed.join(', '));
  return answer(
    c,
    new ChatError('bad_request', `not with ${c.req.method}; possible: ${allowed.join(', ')}`),
    405,
  );
}

export function allowedMethods(app: Pick<Hono, 'router'>, path: string): string[] {
  return METHODS.filter((method) => hasRoute(app, method, path));
}

function hasRoute({ router }: Pick<Hono, 'router'>, method: string, path: string): boolean {
  // What is registered for all methods is middleware, and matches everywhere.
  return router.match(method, path)[0].some(([[, route]]) => route.method !== 'ALL');
}

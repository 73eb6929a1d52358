import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { requireAdmin } from '../chat/admins.ts';
import { authenticate } from '../chat/authenticate.ts';
import type { Chat } from '../chat/chat.ts';
import { bearerToken } from './api/kit.ts';
import { clientAddress } from './client-address.ts';

/**
 * For who collects them, by a token of its own, and for admins by theirs. Where somebody asks from makes no difference:
 * behind a balancer on the same machine everybody comes from there.
 */
export function guardMetrics(chat: Chat, token: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    const given = bearerToken(c.req.header('authorization'));
    if (token === undefined || given === undefined || !isSame(given, token)) {
      const { userId } = await authenticate(chat, given, { address: clientAddress(c) });
      await requireAdmin(chat, userId);
    }
    await next();
  };
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one!, other!);
}

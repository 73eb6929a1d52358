import type { Context } from 'hono';
import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import type { RateName } from '../../../chat/rates.ts';
import type { App } from '../../app.ts';
import { clientAddress } from '../../client-address.ts';
import type { Visits } from './visits.ts';

/** What every part of this dialect adds its routes to. */
export interface Routes {
  readonly app: App;
  readonly chat: Chat;
  readonly visits: Visits;
  /** In front of every path; empty on a port of our own. */
  readonly base: string;
  readonly secure: boolean;
  /** A path as these clients write it: with or without a slash at its end. */
  at(...paths: string[]): string[];
}

export function limit(chat: Pick<Chat, 'limits'>, c: Context, rate: RateName, caller?: Caller): void {
  chat.limits.take(rate, {
    account: caller?.userId,
    device: caller?.sessionId,
    address: clientAddress(c),
  });
}

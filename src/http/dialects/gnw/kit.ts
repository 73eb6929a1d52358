import type { Context } from 'hono';
import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import { findNames } from '../../../chat/conversation-people.ts';
import { ChatError } from '../../../chat/errors.ts';
import type { RateName } from '../../../chat/rates.ts';
import type { App } from '../../app.ts';
import { clientAddress } from '../../client-address.ts';
import { type Fields, queryFields, readFields } from '../fields.ts';
import { textField } from './inputs.ts';
import { findCaller, giveCookie } from './tokens.ts';

/** What the list of sessions calls those of this dialect. */
export const DEVICE = 'GNW';

export const OK = { status: 'ok' } as const;

export interface KitOptions {
  readonly app: App;
  readonly chat: Chat;
  readonly base: string;
  /** For clients that keep no cookies. */
  readonly tokenInBody: boolean;
}

export interface Asked {
  readonly c: Context;
  /** Of the body, and of the query what the body does not have. */
  readonly fields: Fields;
}

export interface AskedAs extends Asked {
  readonly caller: Caller;
}

type Handle<What> = (asked: What) => Promise<Response>;

/** How the routes of this dialect are made. */
export class Kit {
  readonly app: App;
  readonly chat: Chat;
  readonly base: string;
  readonly #tokenInBody: boolean;

  constructor({ app, chat, base, tokenInBody }: KitOptions) {
    this.app = app;
    this.chat = chat;
    this.base = base;
    this.#tokenInBody = tokenInBody;
  }

  post(paths: readonly string[], handle: Handle<Asked>): void {
    this.app.on('POST', withSlashes(paths), async (c) => handle({ c, fields: await fieldsOf(c) }));
  }

  /** For who is signed in. Whose name they say, if they say one, must be their own. */
  postAs(paths: readonly string[], handle: Handle<AskedAs>): void {
    this.post(paths, async ({ c, fields }) => {
      const caller = await this.#callerOf(c, fields);
      const named = textField(fields, 'username');
      if (named !== undefined && !(await this.isNameOf(caller, named)))
        throw new ChatError('forbidden', 'username: not yours');
      return handle({ c, fields, caller });
    });
  }

  getAs(paths: readonly string[], handle: Handle<AskedAs>): void {
    this.app.on('GET', withSlashes(paths), async (c) => {
      const fields = queryFields(c);
      return handle({ c, fields, caller: await this.#callerOf(c, fields) });
    });
  }

  async isNameOf({ userId }: Caller, name: string): Promise<boolean> {
    const own = (await findNames(this.chat.database.em, [userId])).get(userId);
    return own?.username.toLowerCase() === name.normalize().toLowerCase();
  }

  /** In a cookie that no script reads, and nowhere else unless somebody has switched it on. */
  giveToken(c: Context, token: string, body: object): Response {
    giveCookie(c, this.base, token);
    return c.json(this.#tokenInBody ? { ...body, opaque_token: token } : body);
  }

  limit(c: Context, rate: RateName, caller?: Caller): void {
    this.chat.limits.take(rate, {
      account: caller?.userId,
      device: caller?.sessionId,
      address: clientAddress(c),
    });
  }

  async #callerOf(c: Context, fields: Fields): Promise<Caller> {
    const said = textField(fields, 'opaque_token');
    const shown = await findCaller(c, { chat: this.chat, base: this.base, said });
    if (shown === undefined) throw new ChatError('unauthenticated', 'sign in first');
    return shown.caller;
  }
}

async function fieldsOf(c: Context): Promise<Fields> {
  return { ...queryFields(c), ...(await readFields(c)) };
}

function withSlashes(paths: readonly string[]): string[] {
  return paths.flatMap((path) => [path, `${path}/`]);
}

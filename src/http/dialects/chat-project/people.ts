import { listPeople } from '../../../chat/list-people.ts';
import { clientAddress } from '../../client-address.ts';
import { callerOf, signedIn } from './auth.ts';
import type { Face } from './face.ts';
import { MAX_USERNAME_LENGTH } from './limits.ts';
import { pageBody, pageOf } from './paging.ts';
import { saysError } from './refusals.ts';
import { imageOf } from './views.ts';

const INVALID = { error: 'Invalid query parameters.' };

export function addPeople({ app, chat, tokens, base, secure }: Face): void {
  const paths = [`${base}/api/users`, `${base}/api/users/users`];
  app.on('GET', paths, saysError, signedIn(tokens), async (c) => {
    const page = pageOf(c);
    const containing = c.req.query('username');
    if (page === undefined || (containing !== undefined && !isSearchable(containing)))
      return c.json(INVALID, 400);
    chat.limits.take('search', { account: callerOf(c).userId, address: clientAddress(c) });
    const { count, items } = await listPeople(chat, { containing, ...page });
    const results = items.map(({ id, username, avatarKey }) => ({
      id,
      username,
      personal_image: imageOf(base, id, avatarKey),
    }));
    const body = pageBody(c, page, { count, results }, secure);
    return body === undefined ? c.json({ detail: 'Invalid page.' }, 404) : c.json(body, 200);
  });
}

function isSearchable(text: string): boolean {
  return text.length <= MAX_USERNAME_LENGTH && text.isWellFormed() && !text.includes('\0');
}

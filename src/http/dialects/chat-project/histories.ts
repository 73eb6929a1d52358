import type { Context } from 'hono';
import { ChatError } from '../../../chat/errors.ts';
import { findPeerMarks } from '../../../chat/find-peer-marks.ts';
import { idInput } from '../../../chat/inputs/ids.ts';
import { moveMarks } from '../../../chat/move-marks.ts';
import { readMessage } from '../../../chat/read-message.ts';
import { countInPages, type ReadPage, readPage } from '../../../chat/read-page.ts';
import { findTie, type Tie } from '../../../chat/ties.ts';
import { callerOf, signedIn } from './auth.ts';
import type { Face } from './face.ts';
import { type HistoryQuery, historyQuery } from './history-query.ts';
import { type Page, pageBody, pageOf } from './paging.ts';
import { saysError, told } from './refusals.ts';
import { messageStatusOf } from './views.ts';

const INVALID = { error: 'Invalid query parameters.' };

export function addHistories({ app, chat, tokens, base, secure }: Face): void {
  const paths = ['/status/friendship/:id/messages', '/friendship/:id/messages', '/status/:id'];
  app.on(
    'GET',
    paths.map((path) => `${base}/api/messages${path}`),
    saysError,
    signedIn(tokens),
    (c) => answer(c, c.req.param('id'), 'Friendship not found.'),
  );
  app.get(`${base}/api/messages/friendship`, saysError, signedIn(tokens), (c) =>
    answer(c, c.req.query('channel'), 'Friendship not found or unauthorized'),
  );

  async function answer(c: Context, channel: string | undefined, notFound: string): Promise<Response> {
    const page = pageOf(c);
    const query = historyQuery((name) => c.req.query(name));
    const id = idInput.safeParse(channel);
    const none = () => c.json({ error: notFound }, 404);
    if (!id.success) return none();
    if (page === undefined || query === undefined) return c.json(INVALID, 400);
    return told(
      async () => {
        const tie = await findTie(chat, callerOf(c).userId, id.data);
        const found = await read(callerOf(c).userId, tie, query, page);
        if (found === undefined) return c.json(INVALID, 400);
        const body = pageBody(c, page, found, secure);
        return body === undefined ? c.json({ detail: 'Invalid page.' }, 404) : c.json(body, 200);
      },
      { not_found: none, forbidden: none },
    );
  }

  /** Who reads what was said to them has received it. Undefined for a message that is not of this conversation. */
  async function read(callerId: string, tie: Tie, query: HistoryQuery, page: Page) {
    const { conversationId } = tie;
    const from = await beginning(callerId, tie, query);
    if (from === 'nowhere') return undefined;
    if (conversationId === null) return { count: 0, results: [] };
    const pages = { conversationId, from, oldestFirst: !query.newestFirst };
    const items = await readPage(chat, callerId, { ...pages, ...page });
    const count = await countInPages(chat, callerId, pages);
    const received = items.filter(({ senderId }) => senderId !== callerId).map(({ seq }) => seq);
    const deliveredSeq = Math.max(0, ...received);
    const own = await moveMarks(chat, callerId, { conversationId, deliveredSeq });
    const theirs = (await findPeerMarks(chat, callerId, conversationId)).get(conversationId);
    const nothing = { deliveredSeq: 0, readSeq: 0 };
    const results = items.map((message) =>
      messageStatusOf(base, tie, message, message.senderId === callerId ? (theirs ?? nothing) : own),
    );
    return { count, results };
  }

  async function beginning(
    callerId: string,
    { conversationId }: Tie,
    { date, message }: HistoryQuery,
  ): Promise<ReadPage['from'] | 'nowhere'> {
    if (date !== undefined) return { sentAt: date };
    if (message === undefined) return undefined;
    const found = await readMessage(chat, callerId, message).catch((error) => {
      if (error instanceof ChatError) return undefined;
      throw error;
    });
    return found !== undefined && found.conversationId === conversationId
      ? { seq: found.message.seq }
      : 'nowhere';
  }
}

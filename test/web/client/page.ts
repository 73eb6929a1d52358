import { IDBFactory } from 'fake-indexeddb';
import { afterEach, expect } from 'vitest';
import {
  type ChatClient,
  createApi,
  createChatClient,
  type OwnUser,
  type Snapshot,
} from '../../../src/web/client/index.ts';
import { apiOf } from '../../support/server.ts';

/** Somebody who has the client open, as a page does. */
export interface Page {
  readonly me: OwnUser;
  readonly client: ChatClient;
  readonly now: Snapshot;
  readonly tokens: SignedIn;
  until(fact: (now: Snapshot) => unknown, what?: string): Promise<void>;
  close(): Promise<void>;
}

export interface SignedIn {
  readonly user: OwnUser;
  readonly accessToken: string;
  refreshToken: string;
  readonly expiresIn: number;
}

const PATIENCE = { timeout: 25_000, interval: 20 };

/** All pages are in the same browser. */
const databases = new IDBFactory();
const pages = new Set<Page>();
let people = 0;

/** Every page that a test opened and did not close. */
export function closeAfterEach(): void {
  afterEach(async () => {
    for (const page of [...pages]) await page.close();
  });
}

export async function signUpGuest(url: string, name: string): Promise<SignedIn> {
  people += 1;
  const fields = { username: `${name}-${process.pid}-${people}`, displayName: name };
  const { status, body } = await apiOf(url)('POST', '/accounts/guest', fields);
  if (status !== 201) throw new Error(`${name} could not sign up: ${status}`);
  return body;
}

/** The same person again has another page: another tab, or the same one after a reload. */
export async function openPage(url: string, who: string | SignedIn, onEnded?: () => void): Promise<Page> {
  const tokens = typeof who === 'string' ? await signUpGuest(url, who) : who;
  const api = createApi({ url, refresh: () => refresh(url, tokens) });
  api.useTokens(tokens);
  const client = createChatClient({ api, databases, ...(onEnded && { onEnded }) });
  const page: Page = {
    me: tokens.user,
    client,
    tokens,
    get now() {
      return client.store.snapshot;
    },
    until: async (fact, what = 'what was expected') => {
      await expect
        .poll(() => Boolean(fact(client.store.snapshot)), { ...PATIENCE, message: what })
        .toBe(true);
    },
    close: async () => {
      pages.delete(page);
      await client.stop();
    },
  };
  pages.add(page);
  await client.start(tokens.user);
  return page;
}

async function refresh(url: string, tokens: SignedIn) {
  const { status, body } = await apiOf(url)('POST', '/sessions/refresh', {
    refreshToken: tokens.refreshToken,
  });
  if (status === 401) return null;
  if (status !== 200) throw new Error(`refreshing answered ${status}`);
  tokens.refreshToken = body.refreshToken;
  return body;
}

/** What must be the same however one came to know it. When somebody was seen last is told by no event. */
export function picture({
  conversations,
  threads,
  friendships,
  presence,
  typing,
  room,
  blocks,
}: Snapshot): object {
  const forget = (key: string, value: unknown): unknown =>
    key === 'lastSeenAt' || key === 'changedAt' ? 0 : value;
  const plain = (map: ReadonlyMap<string, unknown>): object => Object.fromEntries([...map].toSorted());
  const online = room && [...room.online].toSorted();
  const typists = [...typing].map(([id, who]) => [id, [...who].toSorted()]);
  const shown = [...threads.values()].map(({ members, ...thread }) => ({
    ...thread,
    members: plain(members),
  }));
  const all = [
    plain(conversations),
    shown,
    plain(friendships),
    plain(presence),
    plain(blocks),
    typists,
    online,
  ];
  return JSON.parse(JSON.stringify(all, forget));
}

export function textsOf(page: Page, conversationId: string): string[] {
  return page.now.threads.get(conversationId)?.messages.map(({ text }) => text) ?? [];
}

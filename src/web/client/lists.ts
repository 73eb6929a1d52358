import { MAX_LISTED_PAGES, MAX_MEMBER_PAGES, MAX_PAGE } from './limits.ts';
import type { Api } from './types.ts';
import type { Conversation, ListedFriendship, Member, Page, User } from './wire.ts';

/** What changed last first; as many as an inbox names positions. */
export function readConversations(api: Api): Promise<Conversation[]> {
  return readPages(api, '/conversations', MAX_LISTED_PAGES);
}

export function readFriendships(api: Api): Promise<ListedFriendship[]> {
  return readPages(api, '/friendships', MAX_LISTED_PAGES);
}

export async function readBlocks(api: Api): Promise<ReadonlyMap<string, User>> {
  const blocks = await readPages<{ user: User }>(api, '/blocks', MAX_LISTED_PAGES);
  return new Map(blocks.map(({ user }) => [user.id, user]));
}

export async function readMembers(api: Api, conversationId: string): Promise<ReadonlyMap<string, Member>> {
  const members = await readPages<Member>(api, `/conversations/${conversationId}/members`, MAX_MEMBER_PAGES);
  return new Map(members.map((member) => [member.userId, member]));
}

async function readPages<Item>(api: Api, path: string, most: number): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = '';
  for (let pages = 0; pages < most && cursor !== null; pages += 1) {
    const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Item> = await api.get(`${path}?limit=${MAX_PAGE}${more}`);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

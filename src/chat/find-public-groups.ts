import { query } from '../entities/database.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import type { ConversationInfo } from './events.ts';
import { infoColumns } from './json-sql.ts';

/** A public group as anybody sees it. */
export interface PublicGroupView extends ConversationInfo {
  readonly memberCount: number;
  /** Whether the caller is in it. */
  readonly joined: boolean;
}

/** The folded name and the id of the last one on a page. */
export interface PublicGroupPosition {
  readonly name: string;
  readonly id: string;
}

export interface FindPublicGroups {
  /** How the name begins; empty finds all. */
  readonly query: string;
  readonly limit: number;
  readonly after?: PublicGroupPosition | undefined;
}

type Row = PublicGroupView & { readonly folded: string };

const PUBLIC = `
  select c.id, ${infoColumns('c')}, c.member_count as "memberCount", lower(c.name) as folded,
    exists (
      select 1 from membership ms where ms.conversation_id = c.id and ms.user_id = $1 and ms.left_at is null
    ) as joined
  from conversation c
  where c.visibility = 'public'`;

// Compared byte by byte, whatever the database's locale: the order and the cursor must agree.
const MATCHING = `${PUBLIC}
    and c.member_count > 0 and lower(c.name) like lower($2)
    and ($3::text is null or lower(c.name) ~>~ $3 or (lower(c.name) = $3 and c.id > $4::uuid))
  order by lower(c.name) using ~<~, c.id limit $5`;

/** Public groups that somebody is in, by the beginning of their name. */
export async function findPublicGroups(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  { query: text, limit, after }: FindPublicGroups,
): Promise<{ items: PublicGroupView[]; next: PublicGroupPosition | null }> {
  const prefix = `${text.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await query<Row>(chat.database.em.fork(), MATCHING, [
    callerId,
    prefix,
    after?.name ?? null,
    after?.id ?? null,
    limit + 1,
  ]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last ? { name: last.folded, id: last.id } : null;
  return { items: page.map(withoutFolded), next };
}

/** What a link to a public group shows before one joins. */
export async function getPublicGroup(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  { conversationId }: { readonly conversationId: string },
): Promise<PublicGroupView> {
  const [row] = await query<Row>(chat.database.em.fork(), `${PUBLIC} and c.id = $2`, [
    callerId,
    conversationId,
  ]);
  if (!row) throw new ChatError('not_found', 'no such group');
  return withoutFolded(row);
}

function withoutFolded({ folded: _, ...group }: Row): PublicGroupView {
  return group;
}

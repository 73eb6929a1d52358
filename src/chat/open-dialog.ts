import { randomUUID } from 'node:crypto';
import { Conversation } from '../entities/conversation.ts';
import { type EntityManager, query } from '../entities/database.ts';
import { pairKey } from '../entities/pair-key.ts';
import type { User } from '../entities/user.ts';
import type { Announcer } from './announcer.ts';
import type { Chat } from './chat.ts';
import { announceNew } from './membership-changes.ts';
import {
  blocked,
  blockedBetween,
  findPerson,
  lockPair,
  type PersonRef,
  requireNotDeleted,
} from './people.ts';

export interface Dialog {
  readonly conversationId: string;
  /** Set when it did not exist before: then both sides are told, after the commit. */
  readonly created?: { readonly number: number; readonly userIds: readonly string[] };
}

/**
 * The dialog with somebody, made on first use. With oneself it is a place for notes. A block keeps a dialog
 * from coming into being; an old one stays open for reading.
 */
export async function openDialog(
  chat: Pick<Chat, 'database' | 'announcer'>,
  callerId: string,
  person: PersonRef,
): Promise<string> {
  const em = chat.database.em.fork();
  const other = await findPerson(em, person);
  const existing = await findDialog(em, callerId, other.id);
  if (existing) return existing;
  requireNotDeleted(other);
  const dialog = await em.transactional(async (em) => {
    await lockPair(em, callerId, other.id);
    if (await blockedBetween(em, callerId, other.id)) throw blocked();
    return ensureDialog(em, callerId, other.id);
  });
  announceDialog(chat.announcer, dialog);
  return dialog.conversationId;
}

/** Whom one means, and the dialog with them if there is one: looking makes none. */
export async function findDialogWith(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  ref: PersonRef,
): Promise<{ readonly person: User; readonly conversationId: string | undefined }> {
  const em = chat.database.em.fork();
  const person = await findPerson(em, ref);
  return { person, conversationId: await findDialog(em, callerId, person.id) };
}

export async function findDialog(em: EntityManager, one: string, other: string): Promise<string | undefined> {
  const dialog = await em.findOne(Conversation, { dialogKey: pairKey(one, other) }, { fields: ['id'] });
  return dialog?.id;
}

// The conflict waits for whoever is making the same dialog on another node, and is decided by their commit.
const CREATE = `
  with made as (
    insert into conversation
      (id, kind, dialog_key, rev, info_rev, members_rev, member_count, created_at, changed_at)
    select $1, 'dialog', $2, 1, 1, 1, cardinality($3::uuid[]), t.now, t.now
    from (select date_trunc('milliseconds', clock_timestamp()) as now) t
    on conflict (dialog_key) do nothing
    returning id, number, created_at
  ), joined as (
    insert into membership (conversation_id, user_id, joined_at, joined_rev, rev)
    select made.id, u.id, made.created_at, 1, 1 from made, unnest($3::uuid[]) u(id)
  )
  select id, number from made`;

/** For a transaction of the caller's; two who do this at once get the same dialog. */
export async function ensureDialog(em: EntityManager, one: string, other: string): Promise<Dialog> {
  const userIds = one === other ? [one] : [one, other];
  const existing = await findDialog(em, one, other);
  if (existing) return { conversationId: existing };
  const [made] = await query<{ id: string; number: number }>(em, CREATE, [
    randomUUID(),
    pairKey(one, other),
    userIds,
  ]);
  if (made) return { conversationId: made.id, created: { number: made.number, userIds } };
  return { conversationId: (await findDialog(em, one, other))! };
}

export function announceDialog(announcer: Announcer, { conversationId, created }: Dialog): void {
  if (!created) return;
  announceNew(
    announcer,
    {
      id: conversationId,
      number: created.number,
      kind: 'dialog',
      name: '',
      description: '',
      visibility: 'private',
      avatar: null,
    },
    created.userIds,
  );
}

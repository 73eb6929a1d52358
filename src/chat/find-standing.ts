import { query } from '../entities/database.ts';
import { pairKey } from '../entities/pair-key.ts';
import type { ConversationKind } from '../entities/types.ts';
import { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { findByUsername } from './user-lookup.ts';

/** A conversation by its id, or the dialog with somebody by their number or name. */
export type StandingRef =
  | { readonly conversationId: string }
  | { readonly number: number }
  | { readonly username: string };

/** Where a member stands in a conversation. */
export interface Standing {
  readonly conversationId: string;
  readonly kind: ConversationKind;
  /** False for a dialog of two who are no friends. */
  readonly amongFriends: boolean;
}

const FIND = `
  select c.id as "conversationId", c.kind, (c.kind = 'group' or c.member_count = 1 or exists (
    select 1 from friendship f where f.pair_key = c.dialog_key and f.status = 'accepted')) as "amongFriends"
  from conversation c join membership ms on ms.conversation_id = c.id
  where ms.user_id = $1 and ms.left_at is null and (c.id = $2 or c.dialog_key = $3)`;

/** For wires on which only friends write to each other. Undefined for whoever is not in it. */
export async function findStanding(
  { database }: Pick<Chat, 'database'>,
  callerId: string,
  ref: StandingRef,
): Promise<Standing | undefined> {
  if ('conversationId' in ref) return find(ref.conversationId, null);
  const em = database.em.fork();
  const other =
    'number' in ref ? await em.findOne(User, { number: ref.number }) : await findByUsername(em, ref.username);
  return other ? find(null, pairKey(callerId, other.id)) : undefined;

  async function find(id: string | null, key: string | null): Promise<Standing | undefined> {
    const [found] = await query<Standing>(database.em, FIND, [callerId, id, key]);
    return found;
  }
}

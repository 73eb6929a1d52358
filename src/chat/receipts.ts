import { type EntityManager, query } from '../entities/database.ts';
import { findMembership, requireMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import type { MarkView } from './events.ts';
import { MAX_PENDING, SMALL_GROUP } from './limits.ts';

/** How far a message has come: stored, with everybody, read by everybody. */
export type Reach = 'sent' | 'delivered' | 'read';

export interface PendingMessage {
  readonly id: number;
  readonly seq: number;
}

/** For wires that tell a sender of each message how far it has come. */
export interface Receipts {
  /** Of everybody; in a large group of those few who are furthest behind, which is as good. */
  readonly marks: readonly MarkView[];
  /** Whether marks that move are told live, which those of others in a large group are not. */
  readonly live: boolean;
  /** What the caller has sent and not everybody has read, ascending; the newest of very many. */
  readonly pending: readonly PendingMessage[];
}

// Two of each kind: one of them may be the sender, who does not count.
const MARKS = `
  select x.conversation_id as "conversationId", x.user_id as "userId", x.delivered_seq as "deliveredSeq",
    x.read_seq as "readSeq", x.member_count <= $2 as live
  from (
    select ms.conversation_id, ms.user_id, ms.delivered_seq, ms.read_seq, c.member_count,
      row_number() over (partition by ms.conversation_id order by ms.delivered_seq) as delivered_rank,
      row_number() over (partition by ms.conversation_id order by ms.read_seq) as read_rank
    from membership ms join conversation c on c.id = ms.conversation_id
    where ms.conversation_id = any($1) and ms.left_at is null
  ) x
  where x.member_count <= $2 or x.delivered_rank <= 2 or x.read_rank <= 2`;

// Of large groups nobody is told live how far a message has come.
const PENDING = `
  select m.conversation_id as "conversationId", m.id::float8 as id, m.seq
  from membership ms join conversation c on c.id = ms.conversation_id
  cross join lateral (
    select min(o.read_seq) as read_seq from membership o
    where o.conversation_id = ms.conversation_id and o.user_id <> $1 and o.left_at is null
  ) others
  join lateral (
    select x.conversation_id, x.id, x.seq from message x
    where x.conversation_id = ms.conversation_id and x.seq > others.read_seq and x.sender_id = $1
      and x.deleted_at is null
    order by x.seq desc limit $4
  ) m on true
  where ms.user_id = $1 and ms.left_at is null and ($2::uuid is null or ms.conversation_id = $2)
    and c.member_count <= $3
  order by m.id desc limit $4`;

type OfConversation<Fields> = Fields & { readonly conversationId: string };

/** The marks that decide how far messages of this conversation have come. */
export async function findMarks(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  conversationId: string,
): Promise<readonly MarkView[]> {
  const em = chat.database.em.fork();
  await requireMembership(em, conversationId, callerId);
  return readMarks(em, [conversationId]);
}

/** Of one conversation, if it is the caller's, or of all of theirs where something is pending. */
export async function findReceipts(
  chat: Pick<Chat, 'database'>,
  callerId: string,
  conversationId?: string,
): Promise<Map<string, Receipts>> {
  const em = chat.database.em.fork();
  if (conversationId !== undefined && !(await findMembership(em, conversationId, callerId))) return new Map();
  const pending = await query<OfConversation<PendingMessage>>(em, PENDING, [
    callerId,
    conversationId ?? null,
    SMALL_GROUP,
    MAX_PENDING,
  ]);
  const ids = conversationId === undefined ? pending.map((each) => each.conversationId) : [conversationId];
  const marks = await readMarks(em, [...new Set(ids)]);
  const found = new Map<string, { marks: MarkView[]; live: boolean; pending: PendingMessage[] }>();
  for (const { conversationId: id, live, ...mark } of marks) {
    const receipts = found.get(id) ?? { marks: [], live, pending: [] };
    receipts.marks.push(mark);
    found.set(id, receipts);
  }
  for (const { conversationId: id, ...message } of pending.reverse()) found.get(id)?.pending.push(message);
  return found;
}

export function reachOf(
  marks: Iterable<MarkView>,
  { senderId, seq }: { readonly senderId: string; readonly seq: number },
): Reach {
  let reach: Reach = 'read';
  for (const { userId, deliveredSeq, readSeq } of marks) {
    if (userId === senderId) continue;
    if (deliveredSeq < seq) return 'sent';
    if (readSeq < seq) reach = 'delivered';
  }
  return reach;
}

type Mark = OfConversation<MarkView> & { readonly live: boolean };

function readMarks(em: EntityManager, conversationIds: readonly string[]): Promise<Mark[]> {
  return query(em, MARKS, [conversationIds, SMALL_GROUP]);
}

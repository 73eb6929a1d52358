import type { Conversation } from '../../entities/conversation.ts';
import { type EntityManager, query } from '../../entities/database.ts';
import { Membership } from '../../entities/membership.ts';
import type { Caller } from '../authenticate.ts';
import { changeConversation } from '../change-conversation.ts';
import type { Chat } from '../chat.ts';
import { ChatError } from '../errors.ts';
import { appointHeir } from '../leave-all-groups.ts';
import { MAX_LOBBY_SEATS } from '../limits.ts';
import { changeByEntering, enter, isLastOwner, leave } from '../membership-changes.ts';
import { getUserOrFail } from '../user-lookup.ts';
import { appendToLobby, hintToLobby } from './log.ts';

type Needs = Pick<Chat, 'database' | 'announcer' | 'bus'>;

/**
 * A visitor comes into a public group: from now on they hear what happens in it, until they leave it or the lobby. A
 * person who was not in the group is, for as long as that. Answers whether they were not there with this session.
 */
export async function takeSeat(chat: Needs, caller: Caller, conversationId: string): Promise<boolean> {
  const { userId, sessionId } = caller;
  const taken = await changeByEntering(
    chat,
    conversationId,
    async (locked) => {
      const { em, conversation } = locked;
      const place = await em.findOne(Membership, { conversationId, userId });
      if (!place?.isActive && conversation.visibility !== 'public') throw noSuchGroup();
      const user = await getUserOrFail(em, userId);
      const entered = !place?.isActive;
      if (!(await addSeat(em, sessionId, conversation, entered))) return { result: false, events: [] };
      if (entered) {
        const role = conversation.memberCount === 0 ? 'owner' : 'member';
        return { result: true, events: [enter(locked, user, place, role).event] };
      }
      await noteSeat(em, 'joined', { userId, name: user.username }, conversation);
      return { result: true, events: [] };
    },
    { first: (em) => lockVisit(em, caller) },
  );
  if (taken) hintToLobby(chat, conversationId);
  return taken;
}

/** What was said while they were there they still hear. Who was in the group before stays in it. */
export async function leaveSeat(chat: Needs, caller: Caller, conversationId: string): Promise<void> {
  const { userId, sessionId } = caller;
  await changeConversation(
    chat,
    userId,
    conversationId,
    async (locked) => {
      const { em, conversation, caller: place } = locked;
      const seat = await giveUpSeat(em, sessionId, conversation);
      if (!seat) throw noSuchGroup();
      const user = await getUserOrFail(em, userId);
      if (!seat.entered) {
        await noteSeat(em, 'left', { userId, name: user.username }, conversation);
        return { result: undefined, events: [] };
      }
      const heir = conversation.memberCount > 1 && (await isLastOwner(em, place));
      const events = heir ? [await appointHeir(locked, place)] : [];
      return { result: undefined, events: [...events, leave(locked, place, user)], alsoTell: [userId] };
    },
    { first: (em) => lockVisit(em, caller) },
  );
  hintToLobby(chat, conversationId);
}

/** Before any group, as whoever ends a visit does it, too. */
async function lockVisit(em: EntityManager, { sessionId }: Caller): Promise<void> {
  const visits = await query(em, 'select 1 from lobby_visit where session_id = $1 for update', [sessionId]);
  if (visits.length === 0) throw new ChatError('unauthenticated', 'not in the lobby');
}

/** The group is locked, so all that it has told the log so far is committed, and comes before this seat. */
async function addSeat(
  em: EntityManager,
  sessionId: string,
  { id, lastSeq }: Conversation,
  entered: boolean,
): Promise<boolean> {
  await sweepSeats(em, sessionId);
  const [{ taken, here }] = (await query<{ taken: number; here: boolean }>(
    em,
    `select count(*)::int as taken, coalesce(bool_or(conversation_id = $2), false) as here from lobby_seat
     where session_id = $1 and until_position is null`,
    [sessionId, id],
  )) as [{ taken: number; here: boolean }];
  if (here) return false;
  if (taken >= MAX_LOBBY_SEATS) throw new ChatError('conflict', 'leave another group first');
  await query(
    em,
    `insert into lobby_seat (session_id, conversation_id, entered, since_position, shown_seq)
     select $1, $2, $3, position, $4 from lobby`,
    [sessionId, id, entered, lastSeq],
  );
  return true;
}

async function giveUpSeat(
  em: EntityManager,
  sessionId: string,
  { id, lastSeq }: Conversation,
): Promise<{ readonly entered: boolean } | undefined> {
  const [seat] = await query<{ entered: boolean }>(
    em,
    `update lobby_seat set until_position = (select position from lobby), until_seq = $3
     where session_id = $1 and conversation_id = $2 and until_position is null returning entered`,
    [sessionId, id, lastSeq],
  );
  return seat;
}

/** Those that were given up and have no more to tell, and the oldest of very many. */
async function sweepSeats(em: EntityManager, sessionId: string): Promise<void> {
  await query(
    em,
    `delete from lobby_seat s using lobby_visit v
     where v.session_id = $1 and s.session_id = $1 and s.until_position is not null and (
       (s.shown_seq >= s.until_seq and v.position >= s.until_position)
       or s.id <= (select o.id from lobby_seat o where o.session_id = $1 and o.until_position is not null
                   order by o.id desc offset $2::int limit 1))`,
    [sessionId, MAX_LOBBY_SEATS],
  );
}

/** Where the group itself does not change, so that it says nothing of it. */
async function noteSeat(
  em: EntityManager,
  kind: 'joined' | 'left',
  somebody: { readonly userId: string; readonly name: string },
  { id: conversationId, name: groupName, lastSeq: afterSeq }: Conversation,
): Promise<void> {
  await appendToLobby(em, [{ kind, ...somebody, conversationId, groupName, afterSeq }]);
}

function noSuchGroup(): ChatError {
  return new ChatError('not_found', 'no such group');
}

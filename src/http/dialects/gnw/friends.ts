import { answerFriend } from '../../../chat/answer-friend.ts';
import { askFriend } from '../../../chat/ask-friend.ts';
import type { Caller } from '../../../chat/authenticate.ts';
import { endFriendship } from '../../../chat/end-friendship.ts';
import { ChatError } from '../../../chat/errors.ts';
import { type Acquaintance, findAcquaintance, listAcquaintances } from '../../../chat/list-acquaintances.ts';
import { findPerson } from '../../../chat/people.ts';
import { requiredField } from './inputs.ts';
import { inviteFriends } from './invite-friends.ts';
import { type Kit, OK } from './kit.ts';
import { ANSWERED_SHOWN_DAYS } from './limits.ts';
import { alphabetically, personBody } from './people.ts';

const DONE = { ...OK, result: 'TRUE' } as const;
const DAY_MS = 24 * 60 * 60 * 1_000;

export function friendRoutes(kit: Kit): void {
  const { chat } = kit;

  kit.postAs(['/getContacts'], async ({ c, caller }) => {
    const friends = await listAcquaintances(chat, caller.userId, ['accepted']);
    const rows = friends.map((each) => ({
      ...personBody(each.person),
      conversationId: each.conversationId,
    }));
    return c.json(rows.sort(alphabetically));
  });

  kit.postAs(['/getIncomingFriendRequests', '/getRequestsToMe'], async ({ c, caller }) => {
    const requests = await listAcquaintances(chat, caller.userId, ['pending']);
    return c.json(requests.filter(({ asked }) => !asked).map(({ person }) => personBody(person)));
  });

  kit.postAs(['/getPendingFriendRequests', '/getRequestsFromMe'], async ({ c, caller }) => {
    const requests = await listAcquaintances(chat, caller.userId, ['pending']);
    return c.json(requests.filter(({ asked }) => asked).map(({ person }) => personBody(person)));
  });

  kit.getAs(['/pending'], async ({ c, caller }) => {
    const all = await listAcquaintances(chat, caller.userId, ['pending', 'accepted', 'rejected']);
    const since = Date.now() - ANSWERED_SHOWN_DAYS * DAY_MS;
    return c.json(all.filter(({ answeredAt }) => answeredAt === null || answeredAt > since).map(requestBody));
  });

  kit.postAs(['/addFriend'], async ({ c, caller, fields }) => {
    kit.limit(c, 'friend-request', caller);
    const username = requiredField(fields, 'friend_username').normalize();
    const { status, user } = await askFriend(chat, caller.userId, { username });
    if (status !== 'accepted') return c.json(DONE);
    return c.json({ ...DONE, conversationId: await dialogWith(caller, user.id) });
  });

  kit.postAs(['/unfriend'], async ({ c, caller, fields }) => {
    const { status, asked, friendshipId } = await acquaintance(
      caller,
      requiredField(fields, 'friend_username'),
    );
    if (status === 'rejected') throw noRelation();
    if (status === 'pending' && !asked)
      await answerFriend(chat, caller.userId, { friendshipId, status: 'rejected' });
    else await endFriendship(chat, caller.userId, { friendshipId });
    return c.json(DONE);
  });

  kit.postAs(['/acceptRequest'], async ({ c, caller, fields }) => {
    const { friendshipId, person } = await request(caller, requiredField(fields, 'requester_username'));
    await answerFriend(chat, caller.userId, { friendshipId, status: 'accepted' });
    return c.json({ ...DONE, conversationId: await dialogWith(caller, person.id) });
  });

  kit.postAs(['/denyRequest', '/rejectRequest'], async ({ c, caller, fields }) => {
    const { friendshipId } = await request(caller, requiredField(fields, 'requester_username'));
    await answerFriend(chat, caller.userId, { friendshipId, status: 'rejected' });
    return c.json(DONE);
  });

  kit.postAs(['/inviteFriends'], (asked) => inviteFriends(kit, asked));

  async function acquaintance({ userId }: Caller, username: string): Promise<Acquaintance> {
    const person = await findPerson(chat.database.em.fork(), { username: username.normalize() });
    const found = await findAcquaintance(chat, userId, person.id);
    if (!found) throw noRelation();
    return found;
  }

  /** One that waits for the caller's answer. */
  async function request(caller: Caller, username: string): Promise<Acquaintance> {
    const found = await acquaintance(caller, username);
    if (found.status !== 'pending' || found.asked) throw new ChatError('not_found', 'no such request');
    return found;
  }

  async function dialogWith({ userId }: Caller, personId: string): Promise<string | null> {
    return (await findAcquaintance(chat, userId, personId))?.conversationId ?? null;
  }
}

function noRelation(): ChatError {
  return new ChatError('not_found', 'neither a contact nor a request');
}

const RESULTS = { pending: null, accepted: 'approved', rejected: 'denied', ended: null } as const;

function requestBody({ person, asked, status, askedAt, conversationId }: Acquaintance): object {
  const { username, displayName, display_name, chatID } = personBody(person);
  const result = RESULTS[status];
  return {
    ...{ username, displayName, display_name, chatID },
    direction: asked ? 'outgoing' : 'incoming',
    status: result ?? 'pending',
    result,
    conversationId: status === 'accepted' ? conversationId : null,
    createdAt: askedAt,
  };
}

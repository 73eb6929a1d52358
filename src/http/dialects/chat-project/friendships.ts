import type { Context } from 'hono';
import { chooseSide } from '../../../chat/choose-side.ts';
import { idInput } from '../../../chat/inputs/ids.ts';
import { proposeFriendship } from '../../../chat/propose-friendship.ts';
import { findTie, listTies, type Tie } from '../../../chat/ties.ts';
import { SIDE_STATUSES, type SideStatus } from '../../../entities/friendship.ts';
import { clientAddress } from '../../client-address.ts';
import { callerOf, signedIn } from './auth.ts';
import { bodyOf, textOfField } from './bodies.ts';
import type { Face } from './face.ts';
import { told } from './refusals.ts';
import { friendshipOf, listedFriendshipOf, otherOf } from './views.ts';

const TO_ONESELF = { detail: 'You cannot send a friendship request to yourself.' };
const EXISTS = { detail: 'Friendship already exists.' };
const NO_USER = { detail: 'User not found.' };
const NO_STATUS = { detail: 'Invalid status.' };
const UNKNOWN_STATUS = { detail: 'status not found.' };
const NO_FRIENDSHIP = { detail: 'Friendship not found.' };
const NOT_YOURS = { detail: 'You are not authorized to update this friendship.' };

export function addFriendships({ app, chat, tokens, base }: Face): void {
  const path = `${base}/api/users/friendship`;

  app.get(path, signedIn(tokens), async (c) => {
    const ties = await listTies(chat, callerOf(c).userId);
    return c.json(ties.map((tie) => listedFriendshipOf(base, tie)));
  });

  app.post(path, signedIn(tokens), async (c) => {
    const { userId: callerId } = callerOf(c);
    const body = await bodyOf(c);
    const status = textOfField(body.status);
    const to = textOfField(body.to_user);
    if (!status || !to) return c.json(NO_STATUS, 400);
    if (!isSide(status)) return c.json(UNKNOWN_STATUS, 404);
    const userId = idInput.safeParse(to);
    if (!userId.success) return c.json(NO_USER, 404);
    if (userId.data === callerId) return c.json(TO_ONESELF, 400);
    chat.limits.take('friend-request', { account: callerId, address: clientAddress(c) });
    return told(
      async () => {
        const id = await proposeFriendship(chat, callerId, { userId: userId.data, side: status });
        return c.json(friendshipOf(base, await findTie(chat, callerId, id)), 201);
      },
      { conflict: () => c.json(EXISTS, 400), not_found: () => c.json(NO_USER, 404) },
    );
  });

  app.patch(path, signedIn(tokens), async (c) => {
    const { userId: callerId } = callerOf(c);
    const body = await bodyOf(c);
    const side = textOfField(body.status);
    if (!isSide(side)) return c.json(NO_STATUS, 400);
    const asked = idInput.safeParse(textOfField(body.friendship_id));
    if (!asked.success) return c.json(NO_FRIENDSHIP, 404);
    return told(
      async () => {
        const tie = await findTie(chat, callerId, asked.data);
        const id = await choose(c, tie, side);
        return c.json(friendshipOf(base, await findTie(chat, callerId, id)), 200);
      },
      { forbidden: () => c.json(NOT_YOURS, 403), not_found: () => c.json(NO_FRIENDSHIP, 404) },
    );
  });

  /** Who has only written to each other so far becomes something to each other by saying so. */
  async function choose(c: Context, tie: Tie, side: SideStatus): Promise<string> {
    const { userId: callerId } = callerOf(c);
    if (tie.status === null) {
      chat.limits.take('friend-request', { account: callerId, address: clientAddress(c) });
      return proposeFriendship(chat, callerId, { userId: otherOf(tie, callerId).id, side });
    }
    return (await chooseSide(chat, callerId, { friendshipId: tie.id, side })).id;
  }
}

function isSide(text: string | undefined): text is SideStatus {
  return SIDE_STATUSES.some((status) => status === text);
}

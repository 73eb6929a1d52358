import { databaseNow } from '../entities/database.ts';
import { Friendship } from '../entities/friendship.ts';
import { Invitation } from '../entities/invitation.ts';
import { pairKey } from '../entities/pair-key.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { lockPair } from './people.ts';
import { announceRequests } from './prove-address.ts';
import { lockAddress } from './request-by-invitation.ts';

/** The request for friendship that came of it is taken back, too, unless it was answered. */
export async function withdrawInvitation(
  chat: Pick<Chat, 'database' | 'bus' | 'announcer'>,
  inviterId: string,
  invitationId: string,
): Promise<void> {
  const ended = await chat.database.em.fork().transactional(async (em) => {
    const mine = { id: invitationId, inviterId, withdrawnAt: null, acceptedAt: null };
    const { email } = found(await em.findOne(Invitation, mine));
    await lockAddress(em, email);
    const invitation = found(await em.findOne(Invitation, mine, { refresh: true }));
    const now = await databaseNow(em);
    const { inviteeId } = invitation;
    if (inviteeId != null) await lockPair(em, inviterId, inviteeId);
    invitation.withdrawnAt = now;
    const request =
      inviteeId == null
        ? null
        : await em.findOne(Friendship, {
            pairKey: pairKey(inviterId, inviteeId),
            requesterId: inviterId,
            status: 'pending',
            hiddenFromRequester: true,
          });
    request?.end(inviterId, now);
    return request;
  });
  announceRequests(chat, ended ? [ended] : []);
}

function found(invitation: Invitation | null): Invitation {
  if (!invitation) throw new ChatError('not_found', 'no such invitation');
  return invitation;
}

import type { Bus } from '../bus/bus.ts';
import { databaseNow, type EntityManager } from '../entities/database.ts';
import { Friendship } from '../entities/friendship.ts';
import { Invitation } from '../entities/invitation.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { type FriendshipEvent, topics } from './events.ts';
import { type FriendView, friendView } from './friend-view.ts';
import { announceDialog, type Dialog, ensureDialog } from './open-dialog.ts';
import { blocked, blockedBetween, lockPair } from './people.ts';
import { introduce } from './presence-change.ts';
import { getUserOrFail } from './user-lookup.ts';
import { friendshipView } from './views.ts';

export interface FriendshipChange {
  /** False when it already was as it was asked to be: then nobody is told again. */
  readonly changed: boolean;
  readonly dialog?: Dialog;
}

/** Check, change, commit, announce. To anybody but these two the friendship does not exist. */
export async function changeFriendship(
  chat: Pick<Chat, 'database' | 'bus' | 'announcer'>,
  callerId: string,
  friendshipId: string,
  change: (em: EntityManager, friendship: Friendship, now: Date) => Promise<FriendshipChange>,
): Promise<FriendView> {
  const { friendship, outcome, view } = await chat.database.em.fork().transactional(async (em) => {
    const friendship = await em.findOne(Friendship, friendshipId);
    if (!friendship?.isShownTo(callerId)) throw new ChatError('not_found', 'no such friendship');
    const otherId = friendship.otherThan(callerId);
    await lockPair(em, callerId, otherId);
    await em.refresh(friendship);
    const outcome = await change(em, friendship, await databaseNow(em));
    await em.flush();
    return { friendship, outcome, view: friendView(friendship, callerId, await getUserOrFail(em, otherId)) };
  });
  announceFriendship(chat, friendship, outcome);
  return view;
}

/** Once both sides have accepted. Friends can write to each other at once: the dialog comes with the friendship. */
export async function accept(
  em: EntityManager,
  friendship: Friendship,
  userId: string,
  now: Date,
): Promise<FriendshipChange> {
  const { requesterId, addresseeId } = friendship;
  if (await blockedBetween(em, requesterId, addresseeId)) throw blocked();
  friendship.choose(userId, 'accepted', now);
  if (friendship.status !== 'accepted') return { changed: true };
  const invited = { inviterId: requesterId, inviteeId: addresseeId, acceptedAt: null };
  await em.nativeUpdate(Invitation, invited, { acceptedAt: now });
  await introduce(em, [requesterId, addresseeId]);
  return { changed: true, dialog: await ensureDialog(em, requesterId, addresseeId) };
}

/** After the commit. The dialog first, so that whoever hears of a new friend can write. */
export function announceFriendship(
  chat: Pick<Chat, 'bus' | 'announcer'>,
  friendship: Friendship,
  { changed, dialog }: FriendshipChange,
): void {
  if (dialog) announceDialog(chat.announcer, dialog);
  if (changed) tellThem(chat.bus, friendship);
}

function tellThem(bus: Bus, friendship: Friendship): void {
  const event: FriendshipEvent = { type: 'friendship', friendship: friendshipView(friendship) };
  for (const userId of [friendship.requesterId, friendship.addresseeId]) {
    if (friendship.isShownTo(userId)) bus.publish(topics.user(userId), event);
  }
}

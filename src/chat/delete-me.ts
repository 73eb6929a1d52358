import { Block } from '../entities/block.ts';
import { databaseNow, type EntityManager } from '../entities/database.ts';
import { EmailToken } from '../entities/email-token.ts';
import { Friendship } from '../entities/friendship.ts';
import { Invitation } from '../entities/invitation.ts';
import { pairKey } from '../entities/pair-key.ts';
import { Session } from '../entities/session.ts';
import type { User } from '../entities/user.ts';
import type { Caller } from './authenticate.ts';
import { announceAll } from './change-conversation.ts';
import { announceFriendship } from './change-friendship.ts';
import type { Chat } from './chat.ts';
import { lockUserWith, revokeSessions } from './credentials.ts';
import { checkFirstFactor } from './fresh-proof.ts';
import type { DeleteMe } from './inputs/accounts.ts';
import { forgetPlaces } from './known-places.ts';
import { type LeavingGroups, type LeftGroup, leaveAllGroups } from './leave-all-groups.ts';
import { noteErased } from './lobby/note-members.ts';
import { releaseUnsent } from './media/media-cleaner.ts';
import { lockPair } from './people.ts';
import { getUserOrFail } from './user-lookup.ts';
import { forgetWaysIn } from './ways-in.ts';

type Needs = Parameters<typeof announceErased>[0] & Pick<Chat, 'database' | 'passwords' | 'securityLog'>;

/**
 * What they said and sent stays where it was said, by 'Deleted user'; dialogs stay for the others. Nothing else of them
 * is kept. All or nothing: who is still needed as an owner is told so and stays as they are.
 */
export async function deleteMe(chat: Needs, caller: Caller, { password }: DeleteMe): Promise<void> {
  const { userId } = caller;
  const checkedHash = await checkOwnPassword(chat, caller, password);
  const erased = await chat.database.em
    .fork()
    .transactional(async (em) => eraseAccount(em, await lockUserWith(em, userId, checkedHash)));
  chat.securityLog.accountChanged('account-deleted', userId);
  await announceErased(chat, erased);
}

export interface Erased {
  readonly userId: string;
  readonly left: readonly LeftGroup[];
  readonly friendships: readonly Friendship[];
  readonly sessions: readonly string[];
  /** What nobody was sent, and the picture. */
  readonly files: readonly string[];
}

/** For a transaction of the caller's, with the user locked; the caller announces it after the commit. */
export async function eraseAccount(em: EntityManager, user: User, leaving?: LeavingGroups): Promise<Erased> {
  const { id: userId } = user;
  const somebody = { userId, name: user.formerName ?? user.username };
  user.anonymise(await databaseNow(em));
  const left = await leaveAllGroups(em, user, leaving);
  const friendships = await forgetPeople(em, userId);
  const sessions = await revokeSessions(em, userId);
  await em.nativeUpdate(Session, { userId }, { device: '', place: null });
  await em.nativeDelete(EmailToken, { userId });
  await em.nativeDelete(Invitation, { inviterId: userId });
  await em.nativeUpdate(Invitation, { inviteeId: userId }, { inviteeId: null });
  await forgetWaysIn(em, userId);
  await forgetPlaces(em, userId);
  const files = await releaseUnsent(em, userId);
  const groups = left.map(({ at }) => at.conversationId);
  await noteErased(em, somebody, groups);
  return { userId, left, friendships, sessions, files };
}

export async function announceErased(
  chat: Pick<Chat, 'sessions' | 'bus' | 'announcer' | 'userAnnouncer' | 'media'>,
  { userId, left, friendships, sessions, files }: Erased,
): Promise<void> {
  for (const { at, events } of left) await announceAll(chat.announcer, at, events);
  for (const friendship of friendships) announceFriendship(chat, friendship, { changed: true });
  chat.sessions.announceEnded(sessions);
  chat.media.cleaner.removeSoon(files);
  await chat.userAnnouncer.announce(userId);
}

/** Guests have no password: holding their session is all that makes them who they are. */
async function checkOwnPassword(
  chat: Needs,
  caller: Caller,
  password: string | undefined,
): Promise<string | null | undefined> {
  const { guest } = await getUserOrFail(chat.database.em.fork(), caller.userId);
  return guest ? null : checkFirstFactor(chat, caller, password);
}

/** Ends what there is between them and others, in an order that two who leave at once share. */
async function forgetPeople(em: EntityManager, userId: string): Promise<Friendship[]> {
  const blocked = { $or: [{ blockerId: userId }, { blockedId: userId }] };
  const befriended = {
    $or: [{ requesterId: userId }, { addresseeId: userId }],
    status: { $in: ['pending', 'accepted'] as const },
  };
  const others = [
    ...(await em.find(Block, blocked)).map((block) =>
      block.blockerId === userId ? block.blockedId : block.blockerId,
    ),
    ...(await em.find(Friendship, befriended)).map((friendship) => friendship.otherThan(userId)),
  ];
  const pairs = new Map(others.map((otherId) => [pairKey(userId, otherId), otherId]));
  for (const [, otherId] of [...pairs].sort()) await lockPair(em, userId, otherId);
  const friendships = await em.find(Friendship, befriended, { refresh: true });
  const now = await databaseNow(em);
  for (const friendship of friendships) friendship.end(userId, now);
  await em.nativeDelete(Block, blocked);
  return friendships;
}

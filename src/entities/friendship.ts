import { defineEntity, p } from '@mikro-orm/core';

export const FRIENDSHIP_STATUSES = ['pending', 'accepted', 'rejected', 'ended'] as const;
export type FriendshipStatus = (typeof FRIENDSHIP_STATUSES)[number];

/** What one of the two says. */
export const SIDE_STATUSES = ['pending', 'accepted', 'rejected'] as const;
export type SideStatus = (typeof SIDE_STATUSES)[number];

const FriendshipSchema = defineEntity({
  name: 'Friendship',
  tableName: 'friendship',
  properties: {
    id: p.uuid().primary(),
    /** Both user ids in order: one row per pair, whoever asked. */
    pairKey: p.text().unique(),
    requesterId: p.uuid(),
    addresseeId: p.uuid(),
    /** What comes of both sides, unless one of the two has ended it. */
    status: p.enum(FRIENDSHIP_STATUSES),
    /** 'accepted' by having asked, unless it was asked on an older wire, or taken back there. */
    requesterStatus: p.enum(SIDE_STATUSES),
    addresseeStatus: p.enum(SIDE_STATUSES),
    askedAt: p.datetime().columnType('timestamptz'),
    /** When the requester last chose. */
    requesterChoseAt: p.datetime().columnType('timestamptz'),
    /** When the addressee last chose; null while they have not. */
    answeredAt: p.datetime().columnType('timestamptz').nullable(),
    /** It came of an invitation by email: the requester must not learn whose the address is until it is accepted. */
    hiddenFromRequester: p.boolean().default(false),
    /** By the database's clock; never the same twice, because it tells which of two states is the newer. */
    changedAt: p.datetime().columnType('timestamptz'),
  },
});

/** What two people are to each other. */
export class Friendship extends FriendshipSchema.class {
  otherThan(userId: string): string {
    return this.requesterId === userId ? this.addresseeId : this.requesterId;
  }

  concerns(userId: string): boolean {
    return this.requesterId === userId || this.addresseeId === userId;
  }

  /** Whether this one of the two may know of it. */
  isShownTo(userId: string): boolean {
    return this.concerns(userId) && !(this.hiddenFromRequester && this.requesterId === userId);
  }

  sideOf(userId: string): SideStatus {
    return this.requesterId === userId ? this.requesterStatus : this.addresseeStatus;
  }

  /** What was rejected or has ended may be asked again, by either side. */
  askAgain(requesterId: string, now: Date): void {
    this.addresseeId = this.otherThan(requesterId);
    this.requesterId = requesterId;
    this.requesterStatus = 'accepted';
    this.addresseeStatus = 'pending';
    this.status = 'pending';
    this.askedAt = now;
    this.requesterChoseAt = now;
    this.answeredAt = null;
    this.hiddenFromRequester = false;
    stamp(this, now);
  }

  /** One's own side, at any time, back and forth. What has ended stays so while whoever ended it says no. */
  choose(userId: string, side: SideStatus, now: Date): void {
    setSide(this, userId, side, now);
    const status = statusOf(this);
    if (status !== 'rejected' || this.status !== 'ended') this.status = status;
    if (status === 'accepted') this.hiddenFromRequester = false;
    stamp(this, now);
  }

  /**
   * Withdrawn or unfriended; the other one's yes was to what is no more. The row stays, so that a node that missed
   * the hint can still find it out.
   */
  end(userId: string, now: Date): void {
    setSide(this, userId, 'rejected', now);
    if (this.requesterId === userId) this.addresseeStatus = 'pending';
    else this.requesterStatus = 'pending';
    this.status = 'ended';
    stamp(this, now);
  }
}
FriendshipSchema.setClass(Friendship);

function setSide(friendship: Friendship, userId: string, side: SideStatus, now: Date): void {
  if (friendship.requesterId === userId) {
    friendship.requesterStatus = side;
    friendship.requesterChoseAt = now;
  } else {
    friendship.addresseeStatus = side;
    friendship.answeredAt = now;
  }
}

function statusOf({ requesterStatus, addresseeStatus }: Friendship): SideStatus {
  const sides = [requesterStatus, addresseeStatus];
  if (sides.includes('rejected')) return 'rejected';
  return sides.includes('pending') ? 'pending' : 'accepted';
}

function stamp(friendship: Friendship, now: Date): void {
  friendship.changedAt = new Date(Math.max(now.getTime(), friendship.changedAt.getTime() + 1));
}

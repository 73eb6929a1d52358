import { defineEntity, p } from '@mikro-orm/core';

export const FRIENDSHIP_STATUSES = ['pending', 'accepted', 'rejected', 'ended'] as const;
export type FriendshipStatus = (typeof FRIENDSHIP_STATUSES)[number];

const FriendshipSchema = defineEntity({
  name: 'Friendship',
  tableName: 'friendship',
  properties: {
    id: p.uuid().primary(),
    /** Both user ids in order: one row per pair, whoever asked. */
    pairKey: p.text().unique(),
    requesterId: p.uuid(),
    addresseeId: p.uuid(),
    /** The addressee's answer; the requester's side is 'accepted' by having asked. */
    status: p.enum(FRIENDSHIP_STATUSES),
    askedAt: p.datetime().columnType('timestamptz'),
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

  /** What was rejected or has ended may be asked again, by either side. */
  askAgain(requesterId: string, now: Date): void {
    this.addresseeId = this.otherThan(requesterId);
    this.requesterId = requesterId;
    this.status = 'pending';
    this.askedAt = now;
    this.answeredAt = null;
    this.hiddenFromRequester = false;
    stamp(this, now);
  }

  answer(status: 'accepted' | 'rejected', now: Date): void {
    this.status = status;
    this.answeredAt = now;
    if (status === 'accepted') this.hiddenFromRequester = false;
    stamp(this, now);
  }

  /** Withdrawn or unfriended. The row stays, so that a node that missed the hint can still find it out. */
  end(now: Date): void {
    this.status = 'ended';
    stamp(this, now);
  }
}
FriendshipSchema.setClass(Friendship);

function stamp(friendship: Friendship, now: Date): void {
  friendship.changedAt = new Date(Math.max(now.getTime(), friendship.changedAt.getTime() + 1));
}

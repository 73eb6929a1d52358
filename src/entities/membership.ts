import { defineEntity, p } from '@mikro-orm/core';

export const ROLES = ['owner', 'admin', 'member'] as const;
export type Role = (typeof ROLES)[number];

const RANK: Record<Role, number> = { owner: 2, admin: 1, member: 0 };

const MembershipSchema = defineEntity({
  name: 'Membership',
  tableName: 'membership',
  properties: {
    conversationId: p.uuid().primary(),
    userId: p.uuid().primary(),
    role: p.enum(ROLES).default('member'),
    joinedAt: p.datetime().columnType('timestamptz'),
    /** `rev` at which this person joined: catching up on a conversation that is new to them starts before it. */
    joinedRev: p.integer(),
    /** The last message before they joined: older ones are history to them, never news. */
    joinedSeq: p.integer().default(0),
    /** Set when they left: the row stays, because `changes` must be able to tell it. */
    leftAt: p.datetime().columnType('timestamptz').nullable(),
    deliveredSeq: p.integer().default(0),
    readSeq: p.integer().default(0),
    muted: p.boolean().default(false),
    rev: p.integer(),
    /** `rev` at which they last joined, left or changed role; a mark that moves leaves it. */
    placeRev: p.integer().default(0),
  },
});

/** Somebody's place in a conversation. */
export class Membership extends MembershipSchema.class {
  get isActive(): boolean {
    return this.leftAt == null;
  }

  /** Owners and admins look after a group. */
  get managesGroup(): boolean {
    return this.isActive && this.role !== 'member';
  }

  outranks(other: Membership): boolean {
    const [mine, theirs]: Role[] = [this.role, other.role];
    return RANK[mine!] > RANK[theirs!];
  }
}
MembershipSchema.setClass(Membership);

import { defineEntity, p } from '@mikro-orm/core';

const InvitationSchema = defineEntity({
  name: 'Invitation',
  tableName: 'invitation',
  properties: {
    id: p.uuid().primary(),
    inviterId: p.uuid(),
    /** As it was typed; one per inviter, without regard to case. */
    email: p.text(),
    createdAt: p.datetime().columnType('timestamptz'),
    /** When a mail, or a request for friendship in its place, went out: never a second mail. */
    sentAt: p.datetime().columnType('timestamptz').nullable(),
    /** Whose address it turned out to be. The inviter is not told. */
    inviteeId: p.uuid().nullable(),
    withdrawnAt: p.datetime().columnType('timestamptz').nullable(),
    acceptedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});

/** What somebody knows of a person who may not be here yet: an address. */
export class Invitation extends InvitationSchema.class {
  get isOpen(): boolean {
    return this.withdrawnAt == null && this.acceptedAt == null;
  }
}
InvitationSchema.setClass(Invitation);

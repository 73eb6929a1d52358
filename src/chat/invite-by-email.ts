import { randomUUID } from 'node:crypto';
import { raw } from '@mikro-orm/core';
import { databaseNow, type EntityManager } from '../entities/database.ts';
import type { Friendship } from '../entities/friendship.ts';
import { Invitation } from '../entities/invitation.ts';
import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { ChatError } from './errors.ts';
import { MAX_INVITATIONS_A_DAY } from './limits.ts';
import { type InvitationView, invitationView } from './list-invitations.ts';
import type { Mail } from './mailer.ts';
import { invitationMail } from './mails.ts';
import { announceRequests } from './prove-address.ts';
import { lockAddress, requestByInvitation } from './request-by-invitation.ts';
import { findOwner, getUserOrFail } from './user-lookup.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

type Needs = Pick<Chat, 'database' | 'outbox' | 'publicUrl' | 'bus' | 'announcer'>;

/**
 * Whether there is an account is looked up after the answer, and never told: the inviter sees an open invitation
 * until it is accepted. Only those with a proven address of their own invite, or mails in a stranger's name would
 * cost no more than a sign-up.
 */
export async function inviteByEmail(chat: Needs, inviterId: string, email: string): Promise<InvitationView> {
  const invitation = await chat.database.em.fork().transactional(async (em) => {
    const inviter = await lockUser(em, inviterId);
    if (inviter.email == null || !inviter.verified)
      throw new ChatError('forbidden', 'verify your own email address first');
    if (inviter.email.toLowerCase() === email.toLowerCase())
      throw new ChatError('bad_request', 'this is your own address');
    return openInvitation(em, inviter, email);
  });
  chat.outbox.post(async () => {
    const { request, mail } = await deliver(chat, invitation);
    announceRequests(chat, request ? [request] : []);
    return mail;
  });
  return invitationView(invitation);
}

/** A new one, one that was withdrawn, or one that the outbox had no room for when it was made. */
async function openInvitation(em: EntityManager, inviter: User, email: string): Promise<Invitation> {
  const now = await databaseNow(em);
  const known = await em.findOne(Invitation, {
    inviterId: inviter.id,
    [raw('lower(email)')]: raw('lower(?)', [email]),
  });
  if (known?.acceptedAt != null) throw new ChatError('conflict', 'this invitation was accepted');
  if (known?.isOpen && known.sentAt != null)
    throw new ChatError('conflict', 'you have invited this address already');
  if (known) {
    known.withdrawnAt = null;
    return known;
  }
  const today = { inviterId: inviter.id, createdAt: { $gt: new Date(now.getTime() - DAY_MS) } };
  if ((await em.count(Invitation, today)) >= MAX_INVITATIONS_A_DAY)
    throw new ChatError('rate_limited', 'these are all the invitations for one day');
  const never = { sentAt: null, inviteeId: null, withdrawnAt: null, acceptedAt: null };
  const fields = { id: randomUUID(), inviterId: inviter.id, email, createdAt: now, ...never };
  // `partial`, because the types take the getters of the entity for columns.
  return em.create(Invitation, fields, { partial: true });
}

interface Delivery {
  readonly mail?: Mail | undefined;
  readonly request?: Friendship | undefined;
}

/** A request for friendship to whom the address belongs, or else the one mail that it will ever get from this inviter. */
async function deliver(chat: Needs, { id, inviterId, email }: Invitation): Promise<Delivery> {
  return chat.database.em.fork().transactional(async (em) => {
    await lockAddress(em, email);
    const invitation = await em.findOne(Invitation, { id, withdrawnAt: null, acceptedAt: null });
    const inviter = await getUserOrFail(em, inviterId);
    if (!invitation || inviter.deleted) return {};
    const now = await databaseNow(em);
    const invitee = await findOwner(em, email);
    const sent = invitation.sentAt != null;
    invitation.sentAt ??= now;
    if (invitee && invitee.id !== inviterId) {
      invitation.inviteeId = invitee.id;
      return { request: await requestByInvitation(em, { inviterId, inviteeId: invitee.id, now }) };
    }
    if (sent) return {};
    const { username } = inviter;
    return { mail: invitationMail({ userId: inviterId, to: email, username, link: `${chat.publicUrl()}/` }) };
  });
}

import { Invitation } from '../entities/invitation.ts';
import type { Chat } from './chat.ts';

export interface InvitationView {
  readonly id: string;
  readonly email: string;
  readonly createdAt: string;
}

/** `id` breaks ties between invitations of the same millisecond. */
export interface InvitationPosition {
  readonly createdAt: string;
  readonly id: string;
}

/** The caller's open invitations, newest first. What has become of them shows in nothing here. */
export async function listInvitations(
  chat: Pick<Chat, 'database'>,
  inviterId: string,
  { limit, after }: { readonly limit: number; readonly after?: InvitationPosition | undefined },
): Promise<{ items: InvitationView[]; next: InvitationPosition | null }> {
  const at = after && new Date(after.createdAt);
  const older = at && { $or: [{ createdAt: { $lt: at } }, { createdAt: at, id: { $lt: after.id } }] };
  const found = await chat.database.em
    .fork()
    .find(
      Invitation,
      { inviterId, withdrawnAt: null, acceptedAt: null, ...older },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: limit + 1 },
    );
  const items = found.slice(0, limit).map(invitationView);
  const last = items.at(-1);
  const next = found.length > limit && last ? { createdAt: last.createdAt, id: last.id } : null;
  return { items, next };
}

export function invitationView({ id, email, createdAt }: Invitation): InvitationView {
  return { id, email, createdAt: createdAt.toISOString() };
}

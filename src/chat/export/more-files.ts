import { Identity } from '../../entities/identity.ts';
import { Invitation } from '../../entities/invitation.ts';
import { Media } from '../../entities/media.ts';
import { Passkey } from '../../entities/passkey.ts';
import type { Chat } from '../chat.ts';
import { EXPORT_PAGE } from '../limits.ts';
import { jsonFile, pagesOf, type ReadPage } from './json-files.ts';
import type { ExportedFile } from './zip.ts';

type Needs = Pick<Chat, 'database'>;

const page = { orderBy: { id: 'asc' }, limit: EXPORT_PAGE } as const;

/** What lets them in besides a password, whom they invited, and what they uploaded. */
export function* moreFiles(chat: Needs, userId: string): Generator<ExportedFile> {
  yield passkeys(chat, userId);
  yield identities(chat, userId);
  yield invitations(chat, userId);
  yield uploads(chat, userId);
}

function passkeys({ database }: Needs, userId: string): ExportedFile {
  const pages = pagesOf<Passkey>((after) =>
    database.em.fork().find(Passkey, { userId, ...(after && { id: { $gt: after.id } }) }, page),
  );
  return jsonFile('passkeys.json', pages, ({ id, name, createdAt, lastUsedAt }) => ({
    id,
    name,
    createdAt,
    lastUsedAt,
  }));
}

function identities({ database }: Needs, userId: string): ExportedFile {
  const pages = pagesOf<Identity>((after) =>
    database.em.fork().find(Identity, { userId, ...(after && { id: { $gt: after.id } }) }, page),
  );
  return jsonFile('identities.json', pages, ({ issuer, subject, createdAt, lastUsedAt }) => ({
    issuer,
    subject,
    createdAt,
    lastUsedAt,
  }));
}

/** Not whose the address turned out to be, which the inviter is not told. */
function invitations({ database }: Needs, inviterId: string): ExportedFile {
  const pages = pagesOf<Invitation>((after) =>
    database.em.fork().find(Invitation, { inviterId, ...(after && { id: { $gt: after.id } }) }, page),
  );
  return jsonFile('invitations.json', pages, ({ email, createdAt, withdrawnAt, acceptedAt }) => ({
    email,
    createdAt,
    withdrawnAt,
    acceptedAt,
  }));
}

export function readUploads({ database }: Needs, ownerId: string): ReadPage<Media> {
  const stored = { ownerId, state: { $in: ['loose', 'kept'] as const } };
  return (after) =>
    database.em.fork().find(Media, { ...stored, ...(after && { id: { $gt: after.id } }) }, page);
}

function uploads(chat: Needs, ownerId: string): ExportedFile {
  const pages = pagesOf(readUploads(chat, ownerId));
  return jsonFile('uploads.json', pages, ({ id, kind, name, type, size, conversationId, createdAt }) => ({
    id,
    kind,
    name,
    type,
    size,
    conversationId,
    createdAt,
  }));
}

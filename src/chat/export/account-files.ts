import { AuditEntry } from '../../entities/audit-entry.ts';
import { Block } from '../../entities/block.ts';
import { Friendship } from '../../entities/friendship.ts';
import { Session } from '../../entities/session.ts';
import { meView } from '../admins.ts';
import type { Chat } from '../chat.ts';
import { EXPORT_PAGE } from '../limits.ts';
import { getUserOrFail } from '../user-lookup.ts';
import { friendshipView } from '../views.ts';
import { jsonFile, pagesOf } from './json-files.ts';
import type { ExportedFile } from './zip.ts';

type Needs = Pick<Chat, 'database' | 'admins'>;

export async function* accountFiles(chat: Needs, userId: string): AsyncGenerator<ExportedFile> {
  const user = await getUserOrFail(chat.database.em.fork(), userId);
  yield jsonFile('profile.json', [[meView(chat, user)]]);
  yield sessions(chat, userId);
  yield friendships(chat, userId);
  yield blocks(chat, userId);
  yield audit(chat, userId);
}

function sessions({ database }: Needs, userId: string): ExportedFile {
  const pages = pagesOf<Session>((after) =>
    database.em
      .fork()
      .find(
        Session,
        { userId, ...(after && { id: { $gt: after.id } }) },
        { orderBy: { id: 'asc' }, limit: EXPORT_PAGE },
      ),
  );
  return jsonFile(
    'sessions.json',
    pages,
    ({ id, device, place, createdAt, lastUsedAt, expiresAt, revokedAt }) => ({
      ...{ id, device, place, createdAt, lastUsedAt, expiresAt },
      endedAt: revokedAt ?? null,
    }),
  );
}

function friendships({ database }: Needs, userId: string): ExportedFile {
  const mine = { $or: [{ requesterId: userId }, { addresseeId: userId }] };
  const pages = pagesOf<Friendship>((after) =>
    database.em
      .fork()
      .find(
        Friendship,
        { ...mine, ...(after && { id: { $gt: after.id } }) },
        { orderBy: { id: 'asc' }, limit: EXPORT_PAGE },
      ),
  );
  return jsonFile('friendships.json', pages, friendshipView);
}

function blocks({ database }: Needs, blockerId: string): ExportedFile {
  const pages = pagesOf<Block>((after) =>
    database.em
      .fork()
      .find(
        Block,
        { blockerId, ...(after && { blockedId: { $gt: after.blockedId } }) },
        { orderBy: { blockedId: 'asc' }, limit: EXPORT_PAGE },
      ),
  );
  return jsonFile('blocks.json', pages, ({ blockedId, createdAt }) => ({
    userId: blockedId,
    blockedAt: createdAt,
  }));
}

/** The one to whom it was done is not told by whom, from where and in what words: those are the admin's. */
function audit({ database }: Needs, userId: string): ExportedFile {
  const pages = pagesOf<AuditEntry>((after) =>
    database.em
      .fork()
      .find(
        AuditEntry,
        { $or: [{ userId }, { adminId: userId }], ...(after && { id: { $gt: after.id } }) },
        { orderBy: { id: 'asc' }, limit: EXPORT_PAGE },
      ),
  );
  return jsonFile('audit.json', pages, ({ at, action, adminId, address, note, userId: whom, sessionId }) =>
    adminId === userId ? { at, action, adminId, userId: whom, sessionId, address, note } : { at, action },
  );
}

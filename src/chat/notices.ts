import { type EntityManager, query } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { newDeviceMail, passwordChangedMail } from './mails.ts';
import { type NoticeKind, type NoticeReader, noticeMail } from './notice-mails.ts';
import { getUserOrFail } from './user-lookup.ts';

type Needs = Pick<Chat, 'database' | 'outbox' | 'securityLog'>;

/** What happens to an account is told to its proven address, and to no other. */
export function readerOf({ id: userId, email, verified, username }: User): NoticeReader | undefined {
  return email == null || !verified ? undefined : { userId, to: email, username };
}

/** After the commit. `reader` is whoever had a proven address before it. */
export function notice(
  chat: Pick<Chat, 'outbox' | 'securityLog'>,
  kind: NoticeKind,
  { userId, reader }: { readonly userId: string; readonly reader: NoticeReader | undefined },
): void {
  chat.securityLog.accountChanged(kind, userId);
  if (reader) chat.outbox.offer(async () => noticeMail(kind, reader));
}

/** The same, for who still has the address that they had. */
export function noticeTo(chat: Needs, kind: NoticeKind, userId: string): void {
  chat.securityLog.accountChanged(kind, userId);
  chat.outbox.offer(async () => {
    const reader = readerOf(await getUserOrFail(chat.database.em.fork(), userId));
    return reader && noticeMail(kind, reader);
  });
}

/** After the commit. */
export function noticePasswordChange(chat: Needs, user: User): void {
  chat.securityLog.accountChanged('password-changed', user.id);
  const reader = readerOf(user);
  if (reader) chat.outbox.offer(async () => passwordChangedMail(reader));
}

/**
 * Told once a session is there that is unlike all that this account has had; the first of all is no news. It may
 * be asked for before the commit: the user is locked until then, and waited for here.
 */
export function noticeNewDevice(
  chat: Pick<Chat, 'database' | 'outbox'>,
  user: User,
  sessionId: string,
): void {
  const reader = readerOf(user);
  if (!reader) return;
  const { userId } = reader;
  chat.outbox.offer(() =>
    chat.database.em.fork().transactional(async (em) => {
      await lockUser(em, userId);
      const session = await em.findOne(Session, { id: sessionId, userId });
      if (session === null || !(await isUnlikeOthers(em, session))) return undefined;
      const { createdAt: at, place = null } = session;
      return newDeviceMail({ ...reader, at, place });
    }),
  );
}

/** Ended ones count: a device that signs in again is no new one. */
async function isUnlikeOthers(em: EntityManager, { id, userId, device, place }: Session): Promise<boolean> {
  const [row] = await query<{ others: number; alike: number }>(
    em,
    `select count(*)::int as others,
       (count(*) filter (where device = $3 and place is not distinct from $4))::int as alike
     from session where user_id = $1 and id <> $2`,
    [userId, id, device, place ?? null],
  );
  return row!.others > 0 && row!.alike === 0;
}

import { type EntityManager, query } from '../entities/database.ts';
import { Session } from '../entities/session.ts';
import type { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { lockUser } from './credentials.ts';
import { newDeviceMail, passwordChangedMail } from './mails.ts';

type Needs = Pick<Chat, 'database' | 'outbox'>;

/** After the commit. What happens to an account is told to its proven address, and to no other. */
export function noticePasswordChange(chat: Needs, { id: userId, email, verified, username }: User): void {
  if (email == null || !verified) return;
  chat.outbox.offer(async () => passwordChangedMail({ userId, to: email, username }));
}

/**
 * Told once a session is there that is unlike all that this account has had; the first of all is no news. It may
 * be asked for before the commit: the user is locked until then, and waited for here.
 */
export function noticeNewDevice(chat: Needs, user: User, sessionId: string): void {
  const { id: userId, email, verified, username } = user;
  if (email == null || !verified) return;
  chat.outbox.offer(() =>
    chat.database.em.fork().transactional(async (em) => {
      await lockUser(em, userId);
      const session = await em.findOne(Session, { id: sessionId, userId });
      if (session === null || !(await isUnlikeOthers(em, session))) return undefined;
      const { createdAt: at, place = null } = session;
      return newDeviceMail({ userId, to: email, username, at, place });
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

import { type EntityManager, query } from '../../entities/database.ts';
import { User } from '../../entities/user.ts';
import { isAdmin } from '../admins.ts';
import type { Chat } from '../chat.ts';
import { MAX_LOBBY_GROUPS, MAX_LOBBY_PEOPLE } from '../limits.ts';

/** A public group as a visitor of the lobby knows it: by its name. Of several of one name the oldest has it. */
export interface LobbyGroup {
  readonly id: string;
  readonly name: string;
  /** With this session. */
  readonly joined: boolean;
}

/** Each name once: what one is in comes first, then the oldest. */
const GROUPS = `
  select distinct on (c.name) c.id, c.name, s.id is not null as joined
  from conversation c
  left join lobby_seat s on s.session_id = $1 and s.conversation_id = c.id and s.until_position is null
    and exists (
      select 1 from lobby_visit v join membership ms on ms.user_id = v.user_id
      where v.session_id = $1 and ms.conversation_id = c.id and ms.left_at is null
    )
  where c.kind = 'group' and (c.visibility = 'public' or s.id is not null)`;
const ORDER = 'order by c.name, s.id is null, c.number';

/** By name, byte for byte. */
export async function listLobbyGroups(
  { database }: Pick<Chat, 'database'>,
  sessionId: string,
): Promise<LobbyGroup[]> {
  return query<LobbyGroup>(database.em, `${GROUPS} ${ORDER} limit $2`, [sessionId, MAX_LOBBY_GROUPS]);
}

export async function findLobbyGroup(
  { database }: Pick<Chat, 'database'>,
  sessionId: string,
  name: string,
): Promise<LobbyGroup | undefined> {
  if (!name.isWellFormed() || name.includes('\0')) return undefined;
  // The index knows names in lower case.
  const named = `${GROUPS} and lower(c.name) = lower($2) and c.name = $2 ${ORDER} limit 1`;
  const [group] = await query<LobbyGroup>(database.em, named, [sessionId, name]);
  return group;
}

/** Somebody as older wires show people: by a name and some flags. */
export interface LobbyPerson {
  /** Of a guest who has gone, what they were called. */
  readonly name: string;
  readonly verified: boolean;
  readonly admin: boolean;
  readonly bot: boolean;
}

export function lobbyPerson(chat: Pick<Chat, 'admins'>, user: User): LobbyPerson {
  const { verified, bot } = user;
  const name = user.formerName ?? (user.deleted ? user.displayName : user.username);
  return { name, verified, admin: isAdmin(chat, user), bot };
}

export async function findLobbyPeople(
  chat: Pick<Chat, 'database' | 'admins'>,
  userIds: readonly string[],
): Promise<Map<string, LobbyPerson>> {
  const users = await chat.database.em.fork().find(User, { id: [...new Set(userIds)] });
  return new Map(users.map((user) => [user.id, lobbyPerson(chat, user)]));
}

/** Whoever is in a group, by whatever wire, by name; of very many the first. Its bots are not company. */
export async function listPeopleIn(
  chat: Pick<Chat, 'database' | 'admins'>,
  conversationId: string,
): Promise<LobbyPerson[]> {
  const em = chat.database.em.fork();
  const rows = await query<{ id: string }>(em, PEOPLE, [conversationId, MAX_LOBBY_PEOPLE]);
  const people = await findLobbyPeople(
    chat,
    rows.map((row) => row.id),
  );
  return rows.flatMap(({ id }) => people.get(id) ?? []);
}

const PEOPLE = `
  select u.id from membership ms join "user" u on u.id = ms.user_id
  where ms.conversation_id = $1 and ms.left_at is null and not (u.bot and ms.role = 'owner')
  order by u.username limit $2`;

/** The group of this name that is public now. */
export async function findPublicByName(em: EntityManager, name: string): Promise<string | undefined> {
  const [group] = await query<{ id: string }>(
    em,
    `select id from conversation c where kind = 'group' and visibility = 'public'
       and lower(name) = lower($1) and name = $1 order by number limit 1`,
    [name],
  );
  return group?.id;
}

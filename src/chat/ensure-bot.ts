import { User } from '../entities/user.ts';
import type { Chat } from './chat.ts';
import { asTaken, findByUsername } from './user-lookup.ts';

export interface BotAccount {
  /** Fixed, so that it is found again whatever it is called. */
  readonly id: string;
  readonly username: string;
}

/** An account of the server's own, which nobody signs in to. Nodes that start together make it once. */
export async function ensureBot({ database }: Pick<Chat, 'database'>, bot: BotAccount): Promise<User> {
  const found = await database.em.fork().findOne(User, bot.id);
  if (found) return found;
  const em = database.em.fork();
  // A person may be called so already, who keeps the name.
  const username = (await findByUsername(em, bot.username))
    ? `${bot.username}-${bot.id.slice(0, 8)}`
    : bot.username;
  const fields = {
    ...{ id: bot.id, username, displayName: bot.username, bot: true, email: null, passwordHash: null },
    createdAt: new Date(),
  };
  // `partial`, because the types take the getters of the entity for columns.
  const user = em.create(User, fields, { partial: true });
  try {
    await em.persist(user).flush();
    return user;
  } catch (error) {
    const other = await database.em.fork().findOne(User, bot.id);
    if (other) return other;
    throw asTaken(error);
  }
}

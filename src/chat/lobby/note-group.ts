import type { Conversation } from '../../entities/conversation.ts';
import { type EntityManager, query } from '../../entities/database.ts';
import { appendToLobby, type NewLobbyEvent } from './log.ts';

type Shown = Pick<Conversation, 'name' | 'visibility'>;

/**
 * A public group is new, has another name or is public no more: news for everybody in the lobby, where a name stands
 * for one group. The last thing in a transaction. Answers whether there was anything to tell.
 */
export async function noteGroup(
  em: EntityManager,
  conversation: Conversation,
  before: Shown | undefined,
): Promise<boolean> {
  const [was, is] = [nameInLobby(before), nameInLobby(conversation)];
  if (was === is) return false;
  await em.flush();
  const events: NewLobbyEvent[] = [];
  if (was !== undefined && !(await isTaken(em, was, conversation.id)))
    events.push({ kind: 'closed', groupName: was });
  if (is !== undefined && !(await isTaken(em, is, conversation.id)))
    events.push({ kind: 'opened', groupName: is });
  if (events.length > 0) await appendToLobby(em, events);
  return events.length > 0;
}

function nameInLobby(group: Shown | undefined): string | undefined {
  return group?.visibility === 'public' ? group.name : undefined;
}

/** By another one. */
async function isTaken(em: EntityManager, name: string, id: string): Promise<boolean> {
  const others = await query(
    em,
    `select 1 from conversation where kind = 'group' and visibility = 'public'
       and lower(name) = lower($1) and name = $1 and id <> $2 limit 1`,
    [name, id],
  );
  return others.length > 0;
}

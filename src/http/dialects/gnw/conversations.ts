import { z } from 'zod';
import type { ConversationSummary } from '../../../chat/conversation-summary.ts';
import { createGroup } from '../../../chat/create-group.ts';
import { ChatError } from '../../../chat/errors.ts';
import { groupNameInput } from '../../../chat/inputs/conversations.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { MAX_MEMBERS_ADDED, MAX_PAGE } from '../../../chat/limits.ts';
import { listAcquaintances } from '../../../chat/list-acquaintances.ts';
import { listConversations } from '../../../chat/list-conversations.ts';
import { nameMembers } from '../../../chat/name-members.ts';
import { field, requiredField } from './inputs.ts';
import type { Kit } from './kit.ts';
import { MAX_LISTED_CONVERSATIONS } from './limits.ts';
import { messageBodies } from './messages.ts';

const members = z.array(z.string()).max(MAX_MEMBERS_ADDED).default([]);

export function conversationRoutes(kit: Kit): void {
  const { chat } = kit;

  kit.postAs(['/getConversations'], async ({ c, caller }) => {
    const listed = await listAll(caller.userId);
    const participants = await nameMembers(
      chat,
      listed.map(({ id }) => id),
    );
    const last = listed.map(({ lastMessage }) => (lastMessage?.deletedAt === null ? lastMessage : null));
    const bodies = await messageBodies(
      chat,
      last.filter((message) => message !== null),
    );
    return c.json(
      listed.map(({ id }, index) => ({
        conversationId: id,
        participants: participants.get(id) ?? [],
        lastMessage: bodies.get(last[index]?.id ?? 0) ?? null,
      })),
    );
  });

  kit.postAs(['/createGroup'], async ({ c, fields, caller }) => {
    const name = parse(groupNameInput, requiredField(fields, 'name'));
    const wanted = parse(members, listed(field(fields, 'members')));
    const friends = await listAcquaintances(chat, caller.userId, ['accepted']);
    const ids = new Map(friends.map(({ person }) => [person.username.toLowerCase(), person.id]));
    const userIds = wanted.map((username) => {
      const id = ids.get(username.normalize().toLowerCase());
      if (id === undefined) throw new ChatError('forbidden', 'members: only contacts can be added');
      return id;
    });
    const group = { name, visibility: 'private', members: userIds } as const;
    return c.json({ conversationId: await createGroup(chat, caller.userId, group) });
  });

  async function listAll(userId: string): Promise<ConversationSummary[]> {
    const all: ConversationSummary[] = [];
    let after: Parameters<typeof listConversations>[2]['after'];
    do {
      const page = await listConversations(chat, userId, { limit: MAX_PAGE, after });
      all.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined && all.length < MAX_LISTED_CONVERSATIONS);
    return all;
  }
}

/** A form has them in one field, with commas. */
function listed(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((each) => each.trim()) : value;
}

import type { Context } from 'hono';
import { addMembers } from '../../../chat/add-members.ts';
import { createGroup } from '../../../chat/create-group.ts';
import { ChatError } from '../../../chat/errors.ts';
import { createGroupInput } from '../../../chat/inputs/conversations.ts';
import { idInput } from '../../../chat/inputs/ids.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { MAX_MEMBERS_ADDED } from '../../../chat/limits.ts';
import { getGroup, type ListedGroup, listGroups } from '../../../chat/list-groups.ts';
import { callerOf, signedIn } from './auth.ts';
import { bodyOf, textOfField } from './bodies.ts';
import type { Face } from './face.ts';
import { groupImageOf, imageOf, timeOf } from './views.ts';

/** Named by the old server and never built: they follow its friendships, and are the groups that everybody sees. */
export function addGroups({ app, chat, tokens, base }: Face): void {
  const path = `${base}/api/users/groups`;

  app.get(path, signedIn(tokens), async (c) => {
    const groups = await listGroups(chat, callerOf(c).userId);
    return c.json(groups.map(groupOf), 200);
  });

  app.post(path, signedIn(tokens), async (c) => {
    const body = await bodyOf(c);
    const input = parse(createGroupInput, {
      name: textOfField(body.name),
      description: textOfField(body.description) ?? body.description,
      members: membersIn(body),
    });
    return answer(c, await createGroup(chat, callerOf(c).userId, input));
  });

  app.post(`${path}/:id/members`, signedIn(tokens), async (c) => {
    const id = idInput.safeParse(c.req.param('id'));
    if (!id.success) throw new ChatError('not_found', 'no such group');
    const userIds = membersIn(await bodyOf(c));
    if (userIds.length === 0) throw new ChatError('bad_request', 'members: This field is required.');
    await addMembers(chat, callerOf(c).userId, { conversationId: id.data, userIds });
    return answer(c, id.data);
  });

  async function answer(c: Context, groupId: string): Promise<Response> {
    return c.json(groupOf(await getGroup(chat, callerOf(c).userId, groupId)), 201);
  }

  function groupOf(group: ListedGroup): object {
    return {
      id: group.id,
      name: group.name,
      description: group.description,
      created_at: timeOf(group.createdAt),
      updated_at: timeOf(group.changedAt),
      group_image: groupImageOf(base, group),
      members: group.members.map((member) => ({
        id: member.id,
        username: member.username,
        personal_image: imageOf(base, member.id, member.avatarKey),
        role: member.role === 'member' ? 'member' : 'admin',
      })),
    };
  }
}

function membersIn({ members = [] }: Readonly<Record<string, unknown>>): string[] {
  const ids = idInput
    .array()
    .max(MAX_MEMBERS_ADDED)
    .safeParse(Array.isArray(members) ? members : [members]);
  if (!ids.success) throw new ChatError('bad_request', 'members: an array of ids of users');
  return ids.data;
}

import { z } from 'zod';
import { VISIBILITIES } from '../../entities/conversation.ts';
import { ROLES } from '../../entities/membership.ts';
import { MAX_GROUP_DESCRIPTION_LENGTH, MAX_MEMBERS_ADDED } from '../limits.ts';
import { NAME_ONE_PERSON, namesOnePerson, personFields, personInput } from './friendships.ts';
import { idInput } from './ids.ts';
import { cleanText } from './text.ts';

export const MAX_GROUP_NAME_LENGTH = 100;

export const groupNameInput = cleanText(MAX_GROUP_NAME_LENGTH, 1).meta({ example: 'Sunday hike' });
const groupDescriptionInput = cleanText(MAX_GROUP_DESCRIPTION_LENGTH)
  .trim()
  .meta({ description: 'what the group is about', example: 'Every Sunday at nine, in any weather' });
export const visibilityInput = z
  .enum(VISIBILITIES)
  .meta({ description: 'a public group is found and joined by anybody; a private one only by being added' });
export const roleInput = z.enum(ROLES);

export const createGroupInput = z.object({
  name: groupNameInput,
  description: groupDescriptionInput.optional(),
  visibility: visibilityInput.default('private'),
  members: z.array(idInput).max(MAX_MEMBERS_ADDED).default([]),
});

export const openDialogInput = personInput;

/** A dialog with one person, or a new group. */
export const openConversationInput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('dialog'), ...personFields }).refine(namesOnePerson, NAME_ONE_PERSON),
  createGroupInput.extend({ kind: z.literal('group') }),
]);

export const updateConversationInput = z
  .object({ name: groupNameInput, description: groupDescriptionInput, visibility: visibilityInput })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'nothing to change');

export const addMembersInput = z.object({ userIds: z.array(idInput).min(1).max(MAX_MEMBERS_ADDED) });

/** `role` is given by an owner; `muted` is one's own affair. */
export const changeMemberInput = z
  .object({ role: roleInput, muted: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length === 1, 'give role or muted');

export const groupSearchInput = cleanText(MAX_GROUP_NAME_LENGTH);

export type CreateGroup = z.output<typeof createGroupInput>;
export type UpdateConversation = z.output<typeof updateConversationInput>;

import { z } from 'zod';
import { email, MAX_NAME_LENGTH } from './accounts.ts';
import { idInput } from './ids.ts';
import { cleanText } from './text.ts';

export const personFields = {
  userId: idInput.optional(),
  username: cleanText(MAX_NAME_LENGTH, 1).optional().meta({ example: 'bob' }),
};

export function namesOnePerson(person: {
  userId?: string | undefined;
  username?: string | undefined;
}): boolean {
  return (person.userId === undefined) !== (person.username === undefined);
}

export const NAME_ONE_PERSON = 'give userId or username';

/** Somebody, by id or by name. */
export const personInput = z.object(personFields).refine(namesOnePerson, NAME_ONE_PERSON);

export const answerInput = z.object({ status: z.enum(['accepted', 'rejected']) });

/** What a list of friendships can be narrowed to, as the caller sees it. */
export const FRIENDSHIP_STATES = ['incoming', 'outgoing', 'accepted', 'rejected'] as const;
export const friendshipStateInput = z.enum(FRIENDSHIP_STATES);

export const inviteInput = z.object({ email });

export type FriendshipState = z.output<typeof friendshipStateInput>;

import { z } from 'zod';
import { MAX_NOTE_LENGTH } from '../limits.ts';
import { cleanText } from './text.ts';

export const USER_STATES = ['active', 'suspended', 'deleted', 'admin'] as const;
export const userStateInput = z.enum(USER_STATES);
export type UserState = z.output<typeof userStateInput>;

/** As long as the longest that is looked for: an email address. */
export const findAnyUsersQuery = cleanText(254, 1);

export const noteInput = z
  .object({ note: cleanText(MAX_NOTE_LENGTH).meta({ description: 'why; kept in the audit log' }) })
  .partial();

import { z } from 'zod';

/** Text that PostgreSQL can store and every client can show: no NUL, no half of a surrogate pair. */
export function cleanText(max: number, min = 0): z.ZodString {
  return z
    .string()
    .min(min)
    .max(max)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'holds characters that cannot be stored');
}

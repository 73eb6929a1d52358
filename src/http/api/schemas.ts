import { z } from 'zod';

// How people look on the wire; the other nouns have theirs beside their routes.

export const userId = z.uuid().meta({ description: "a person's id" });

export const userSchema = z
  .object({
    id: z.uuid(),
    number: z.int().meta({ description: 'a small integer, unique too' }),
    username: z.string(),
    displayName: z.string(),
    bot: z.boolean(),
    guest: z.boolean().meta({ description: 'has no password' }),
    lastSeenAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'User' });

export const ownUserSchema = z
  .object({
    ...userSchema.shape,
    email: z.string().nullable(),
    verified: z.boolean(),
    admin: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'OwnUser' });

export const signedInSchema = z
  .object({
    user: ownUserSchema,
    accessToken: z.string().meta({ description: 'for `Authorization: Bearer` and the rooms' }),
    refreshToken: z.string().meta({ description: 'works once; its use answers the next one' }),
    expiresIn: z.int().meta({ description: 'seconds until the access token ends' }),
  })
  .meta({ id: 'SignedIn' });

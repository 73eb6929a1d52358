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
    avatar: z
      .string()
      .nullable()
      .meta({ description: 'a square picture, relative to this server; `&size=thumb` makes it smaller' }),
    lastSeenAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'User' });

export const ownUserSchema = z
  .object({
    ...userSchema.shape,
    email: z.string().nullable(),
    verified: z.boolean().meta({ description: 'that the email address is yours' }),
    newEmail: z
      .string()
      .nullable()
      .meta({ description: 'takes the place of `email` once it is verified, too' }),
    admin: z.boolean(),
    createdAt: z.iso.datetime(),
    firstName: z.string(),
    lastName: z.string(),
    phone: z.string().nullable().meta({ description: 'nobody has proven that it is theirs' }),
    birthday: z.iso.date().nullable(),
  })
  .meta({ id: 'OwnUser' });

export const signedInSchema = z
  .object({
    user: ownUserSchema,
    accessToken: z.string().meta({ description: 'for `Authorization: Bearer` and the rooms' }),
    refreshToken: z.string().meta({ description: 'works once; its use answers the next one' }),
    expiresIn: z.int().meta({ description: 'seconds until the access token ends' }),
    deviceToken: z.string().meta({
      description: 'keep it on the device for the next sign-in there; it opens nothing by itself',
    }),
  })
  .meta({ id: 'SignedIn' });

/** WebAuthn's own words, in the JSON form that browsers read: not ours to describe. */
export const webauthnOptions = z
  .looseObject({ challenge: z.string() })
  .meta({ id: 'WebAuthnOptions', description: 'the options of WebAuthn in their JSON form' });

export const passkeyChallengeSchema = z
  .object({
    challenge: z.string().meta({ description: 'to bring along with the answer; good for five minutes' }),
    options: webauthnOptions,
  })
  .meta({ id: 'PasskeyChallenge' });

export const passkeySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Passkey' });

export const recoveryCodes = z
  .array(z.string())
  .meta({ description: 'shown this once; each works once in place of a second factor' });

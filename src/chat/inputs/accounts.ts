import { z } from 'zod';
import { MAX_DEVICE_LENGTH } from '../limits.ts';
import { givenPassword, password } from './passwords.ts';
import { cleanText } from './text.ts';

export const MAX_NAME_LENGTH = 64;
const MAX_EMAIL_LENGTH = 254;
const MAX_DEVICE_TOKEN_LENGTH = 1_000;

/** No '@', so that a username is never mistaken for an email at sign-in. */
export const username = z
  .string()
  .normalize()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}_.-]{1,63}$/u,
    'two to 64 letters, digits, dots, dashes and underscores, a letter or digit first',
  )
  .meta({ description: 'unique without regard to case', example: 'alice' });

export const email = z.email().max(MAX_EMAIL_LENGTH);
export const displayName = cleanText(MAX_NAME_LENGTH, 1);

export const phone = z
  .string()
  .regex(/^\d{1,32}$/, 'up to 32 digits and nothing else')
  .meta({ example: '4915112345678' });

export const device = cleanText(MAX_DEVICE_LENGTH)
  .default('')
  .meta({ description: 'what the list of sessions calls this one', example: "Alice's phone" });

export const signUpInput = z.object({
  username,
  password,
  email: email.optional(),
  displayName: displayName.optional(),
  device,
});

export const guestInput = z.object({
  username: username.optional(),
  displayName: displayName.optional(),
  device,
});

/** What a guest lacks; the names only if they are to change. */
export const completeInput = z.object({
  username: username.optional(),
  displayName: displayName.optional(),
  email: email.optional(),
  password,
});

export const signInInput = z.object({
  /** As loose as the password: what cannot be a name is answered like a wrong one. */
  username: z.string().max(MAX_EMAIL_LENGTH).meta({ description: 'username or email' }),
  password: givenPassword,
  device,
  deviceToken: z.string().max(MAX_DEVICE_TOKEN_LENGTH).optional().meta({
    description: 'from an earlier sign-in on this device: others who fail then do not slow it down',
  }),
});

export const refreshInput = z.object({ refreshToken: z.string().min(1).max(200) });

const emailToken = z.string().min(1).max(200).meta({ description: 'from the link in the mail' });

const code = z
  .string()
  .regex(/^\d{6}$/, 'a code has six digits')
  .meta({ description: 'from the mail', example: '012345' });

export const verifyCodeInput = z.object({ code });
export const requestPasscodeInput = z.object({ email });
export const passcodeInput = z.object({ email, code, device });
export const verifyEmailInput = z.object({ token: emailToken });
export const forgotPasswordInput = z.object({ email });
export const resetPasswordInput = z.object({ token: emailToken, password });
export const changePasswordInput = z.object({ password: givenPassword, newPassword: password });
export const deleteMeInput = z.object({ password: givenPassword.optional() });

export const profileInput = z
  .object({
    username,
    displayName,
    firstName: cleanText(MAX_NAME_LENGTH),
    lastName: cleanText(MAX_NAME_LENGTH),
    phone: phone.nullable(),
    birthday: z.iso.date().nullable(),
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'nothing to change');

export const findUsersQuery = cleanText(MAX_NAME_LENGTH, 1);

export type SignUp = z.output<typeof signUpInput>;
export type CreateGuest = z.output<typeof guestInput>;
export type CompleteAccount = z.output<typeof completeInput>;
export type SignIn = z.output<typeof signInInput>;
export type SignInWithPasscode = z.output<typeof passcodeInput>;
export type ResetPassword = z.output<typeof resetPasswordInput>;
export type ChangePassword = z.output<typeof changePasswordInput>;
export type DeleteMe = z.output<typeof deleteMeInput>;
export type UpdateProfile = z.output<typeof profileInput>;

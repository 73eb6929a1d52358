import { z } from 'zod';
import { MAX_DEVICE_LENGTH } from '../limits.ts';
import { device, email } from './accounts.ts';
import { givenPassword } from './passwords.ts';
import { cleanText } from './text.ts';

const MAX_TOKEN_LENGTH = 200;
/** What browsers say about a key is a few hundred bytes, with an attestation a few thousand. */
const MAX_WEBAUTHN_LENGTH = 16_384;
const MAX_TRANSPORTS = 10;

const base64url = z
  .string()
  .max(MAX_WEBAUTHN_LENGTH)
  .regex(/^[\w-]*$/, 'must be base64url');

const challenge = z.string().min(1).max(MAX_TOKEN_LENGTH);

const credential = {
  id: base64url.min(1),
  rawId: base64url.min(1),
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
};

/** What `navigator.credentials.get` answers, by its `toJSON`. */
export const assertionInput = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url,
      authenticatorData: base64url,
      signature: base64url,
      userHandle: base64url.nullish().transform((handle) => handle ?? undefined),
    }),
  })
  .meta({ id: 'Assertion', description: 'what `navigator.credentials.get` answered, as JSON' });

/** What `navigator.credentials.create` answers, by its `toJSON`. */
const attestationInput = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url,
      attestationObject: base64url,
      transports: z.array(z.string().max(32)).max(MAX_TRANSPORTS).default([]),
    }),
  })
  .meta({ id: 'Attestation', description: 'what `navigator.credentials.create` answered, as JSON' });

const code = z.string().max(16).meta({ description: 'of the authenticator app', example: '123456' });
const recoveryCode = z.string().max(64).meta({ description: 'works once' });

export const secondFactorInput = z
  .object({ challenge, code, recoveryCode, passkey: assertionInput })
  .partial({ code: true, recoveryCode: true, passkey: true })
  .refine(hasOneFactor, 'give one of code, recoveryCode and passkey');

export const factorChallengeInput = z.object({ challenge });

/** Says who one is once more. What is not there for an account need not be given. */
export const freshProof = z
  .object({
    password: givenPassword.meta({
      description: 'unless the account has none; then a session of ten minutes',
    }),
    code,
    recoveryCode,
    passkey: z.object({ challenge, response: assertionInput }),
  })
  .partial()
  .meta({ id: 'FreshProof', description: 'the password and, if there are any, a second factor' });

export const proofInput = z.object({ proof: freshProof });
export const changeEmailInput = z.object({ email, proof: freshProof });
export const confirmTotpInput = z.object({ code, proof: freshProof });
export const registerPasskeyInput = z.object({
  challenge,
  name: cleanText(MAX_DEVICE_LENGTH, 1).meta({ example: "Alice's phone" }),
  response: attestationInput,
});
export const passkeySignInInput = z.object({ challenge, response: assertionInput, device });

function hasOneFactor(input: { code?: string; recoveryCode?: string; passkey?: object }): boolean {
  return [input.code, input.recoveryCode, input.passkey].filter((given) => given !== undefined).length === 1;
}

export type Assertion = z.output<typeof assertionInput>;
export type SecondFactor = z.output<typeof secondFactorInput>;
export type FreshProof = z.output<typeof freshProof>;
export type ChangeEmail = z.output<typeof changeEmailInput>;
export type ConfirmTotp = z.output<typeof confirmTotpInput>;
export type RegisterPasskey = z.output<typeof registerPasskeyInput>;
export type PasskeySignIn = z.output<typeof passkeySignInInput>;

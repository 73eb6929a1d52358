import type { Chat } from '../../../chat/chat.ts';
import { ChatError } from '../../../chat/errors.ts';
import { signInInput } from '../../../chat/inputs/accounts.ts';
import type { Visitor } from '../../../chat/open-session.ts';
import { renewSessionTokens } from '../../../chat/renew-session-tokens.ts';
import { signInWithPassword } from '../../../chat/sign-in.ts';
import type { Fields } from '../fields.ts';
import { readForm } from './form.ts';
import { type KeysView, makeKeys, REFRESH_TOKEN } from './keys.ts';

export async function signIn(chat: Chat, fields: Fields, visitor: Visitor): Promise<KeysView> {
  const input = signInInput.safeParse({ ...readForm(fields, ['username', 'password']), ...visitor });
  // Longer than a name or a password can be.
  if (!input.success) throw new ChatError('wrong_credentials', 'no account has this name and password');
  const keys = makeKeys(chat);
  const { session } = await signInWithPassword(chat, { ...input.data, ...visitor, terms: keys.terms });
  return keys.view(session);
}

/** Takes the place of the key pair that came with the refresh token. */
export async function refresh(chat: Chat, fields: Fields, address: string | undefined): Promise<KeysView> {
  const { refresh_token: token } = readForm(fields, ['refresh_token']);
  const keys = makeKeys(chat);
  return keys.view(
    await renewSessionTokens(chat, { kind: REFRESH_TOKEN, token, address, terms: keys.terms }),
  );
}

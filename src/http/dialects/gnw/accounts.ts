import { createAccount } from '../../../chat/create-account.ts';
import { endOtherSessions } from '../../../chat/end-other-sessions.ts';
import { endSession } from '../../../chat/end-session.ts';
import { ChatError } from '../../../chat/errors.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { givenPassword } from '../../../chat/inputs/passwords.ts';
import { requestPasswordCode } from '../../../chat/password-codes.ts';
import { signInWithPassword } from '../../../chat/sign-in.ts';
import type { User } from '../../../entities/user.ts';
import { clientAddress } from '../../client-address.ts';
import { changePassword } from './change-password.ts';
import { field, requiredField, signUpInput, textField } from './inputs.ts';
import { DEVICE, type Kit, OK } from './kit.ts';
import { personBody } from './people.ts';
import { expressly, findToken, givenByRequest, newOpaqueToken, takeCookie } from './tokens.ts';

export function accountRoutes(kit: Kit): void {
  const { chat, base } = kit;

  kit.post(['/signup', '/signUp'], async ({ c, fields }) => {
    kit.limit(c, 'sign-up');
    const input = parse(signUpInput, {
      username: requiredField(fields, 'username'),
      password: requiredField(fields, 'password'),
      email: requiredField(fields, 'email'),
      displayName: textField(fields, 'display_name'),
      birthday: field(fields, 'birthday'),
    });
    const { birthday, ...rest } = input;
    const { token, terms } = newOpaqueToken();
    const visitor = { device: DEVICE, address: clientAddress(c), terms };
    const { user } = await createAccount(chat, { ...rest, details: { birthday }, ...visitor });
    return kit.giveToken(c, token, ownBody(user));
  });

  kit.post(['/login'], async ({ c, fields }) => {
    kit.limit(c, 'sign-in');
    const username = requiredField(fields, 'username');
    const password = parse(givenPassword, requiredField(fields, 'password'));
    const { token, terms } = newOpaqueToken();
    const visitor = { device: DEVICE, address: clientAddress(c), terms };
    const { user } = await signInWithPassword(chat, { username, password, ...visitor }, { nameFirst: true });
    return kit.giveToken(c, token, ownBody(user));
  });

  kit.post(['/send-passcode'], async ({ c, fields }) => {
    kit.limit(c, 'mail');
    await requestPasswordCode(chat, requiredField(fields, 'username').normalize());
    return c.json(OK);
  });

  kit.post(['/change-password'], (asked) => changePassword(kit, asked));

  kit.post(['/check-authorization'], async ({ c, fields }) => {
    const username = requiredField(fields, 'username');
    const shown = await findToken(chat, expressly(givenByRequest(c, textField(fields, 'opaque_token'))));
    if (!shown || !(await kit.isNameOf(shown.caller, username)))
      throw new ChatError('unauthenticated', 'not the token of this user, or not any more');
    return c.json({ ...OK, username });
  });

  kit.postAs(['/logout', '/single-logout'], async ({ c, caller }) => {
    await endSession(chat, caller, caller.sessionId);
    takeCookie(c, base);
    return c.json(OK);
  });

  kit.postAs(['/logout-everywhere'], async ({ c, caller }) => {
    await endOtherSessions(chat, caller);
    await endSession(chat, caller, caller.sessionId);
    takeCookie(c, base);
    return c.json(OK);
  });
}

function ownBody(user: User): object {
  const { username, displayName, display_name, chatID } = personBody(user);
  return { username, displayName, display_name, email: user.email ?? '', chatID };
}

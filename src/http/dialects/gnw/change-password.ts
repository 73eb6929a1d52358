import { takeEmailCode } from '../../../chat/email-codes.ts';
import { ChatError } from '../../../chat/errors.ts';
import { requireFreshSession } from '../../../chat/fresh-session.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { changePasswordByCode } from '../../../chat/password-codes.ts';
import { findPerson } from '../../../chat/people.ts';
import { replacePassword } from '../../../chat/replace-password.ts';
import { clientAddress } from '../../client-address.ts';
import { newPassword, requiredField, textField } from './inputs.ts';
import { type Asked, DEVICE, type Kit, OK } from './kit.ts';
import { expressly, findToken, givenByRequest, newOpaqueToken, type Shown } from './tokens.ts';

/** By a passcode, by a token, or by both: then both must be right. */
export async function changePassword(kit: Kit, { c, fields }: Asked): Promise<Response> {
  const { chat } = kit;
  const username = requiredField(fields, 'username').normalize();
  const password = parse(newPassword, requiredField(fields, 'new_password'));
  const code = textField(fields, 'passcode')?.padStart(6, '0');
  kit.limit(c, 'proof');
  const user = await findPerson(chat.database.em.fork(), { username });

  const shown = await tokenOf(kit, { c, fields }, code !== undefined);
  if (shown === undefined) {
    if (code === undefined) throw new ChatError('unauthenticated', 'say a passcode or a token');
    await changePasswordByCode(chat, { userId: user.id, code, password });
    return c.json(OK);
  }
  if (shown.caller.userId !== user.id) throw new ChatError('forbidden', 'this is the token of another user');
  kit.limit(c, 'password', shown.caller);
  if (code === undefined) await requireFreshSession(chat, shown.caller);
  else await takeEmailCode(chat, 'password', { userId: user.id }, code);
  const { token, terms } = newOpaqueToken();
  await replacePassword(chat, shown.caller, { password, device: DEVICE, address: clientAddress(c), terms });
  return kit.giveToken(c, token, OK);
}

/**
 * Undefined where the passcode alone has to do. A token that somebody says must be good; of a cookie they may not even
 * know, and an old one must not keep them from getting a new password.
 */
async function tokenOf({ chat }: Kit, { c, fields }: Asked, hasCode: boolean): Promise<Shown | undefined> {
  const given = expressly(givenByRequest(c, textField(fields, 'opaque_token')));
  const shown = await findToken(chat, given, clientAddress(c));
  const isSaid = given.said !== undefined || given.bearer !== undefined;
  if (!shown && (isSaid || !hasCode))
    throw new ChatError('unauthenticated', 'this token is not good (any more)');
  return shown;
}

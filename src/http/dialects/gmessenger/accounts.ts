import type { Context } from 'hono';
import { createAccount } from '../../../chat/create-account.ts';
import { endSession } from '../../../chat/end-session.ts';
import { getMe } from '../../../chat/get-me.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { signInWithPassword } from '../../../chat/sign-in.ts';
import type { NewSession } from '../../../chat/sign-in-as.ts';
import { updateProfile } from '../../../chat/update-profile.ts';
import { clientAddress } from '../../client-address.ts';
import { loginInput, readBody, registerInput, usernameInput } from './inputs.ts';
import { limit, type Routes } from './routes.ts';
import { type CookieJar, callerOf, giveCookie, newOtp, newToken, takeCookie, tokenBody } from './sessions.ts';

const DEVICE = 'gmessenger';

/** Signing up, in and out, and what one is called. */
export function accountRoutes({ app, chat, base, secure, at }: Routes): void {
  const jar: CookieJar = { path: base === '' ? '/' : base, secure };
  const signedIn = (c: Context, { session }: NewSession, token: string): Response => {
    giveCookie(c, jar, token, session.expiresAt);
    return c.json(tokenBody(token, session.expiresAt));
  };

  app.on('POST', at('/register'), async (c) => {
    limit(chat, c, 'sign-up');
    const {
      username: displayName,
      login: username,
      email,
      password,
    } = parse(registerInput, await readBody(c));
    const { token, terms } = newToken();
    const account = { username, displayName, email: email ?? null, password };
    const visitor = { device: DEVICE, address: clientAddress(c), terms };
    return signedIn(c, await createAccount(chat, { ...account, ...visitor }), token);
  });

  app.on('POST', at('/login'), async (c) => {
    limit(chat, c, 'sign-in');
    const { login: username, password } = parse(loginInput, await readBody(c));
    const { token, terms } = newToken();
    const visitor = { device: DEVICE, address: clientAddress(c), terms };
    const opened = await signInWithPassword(chat, { username, password, ...visitor }, { nameFirst: true });
    return signedIn(c, opened, token);
  });

  app.on('POST', at('/logout'), async (c) => {
    const caller = await callerOf(chat, c);
    await endSession(chat, caller, caller.sessionId);
    takeCookie(c, jar);
    return c.json({});
  });

  app.on('GET', at('/me'), async (c) => {
    const { number: id, displayName, username } = await getMe(chat, (await callerOf(chat, c)).userId);
    return c.json({ id, username: displayName, email: username });
  });

  app.on('POST', at('/set_username'), async (c) => {
    const { userId } = await callerOf(chat, c);
    const { username: displayName } = parse(usernameInput, await readBody(c));
    await updateProfile(chat, userId, { displayName });
    return c.redirect(`${base}/chats`);
  });

  app.on('GET', at('/otp'), async (c) => {
    const caller = await callerOf(chat, c);
    limit(chat, c, 'join', caller);
    return c.json({ ws_otp: await newOtp(chat, caller) });
  });
}

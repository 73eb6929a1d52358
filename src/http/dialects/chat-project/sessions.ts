import { endSession } from '../../../chat/end-session.ts';
import { signInWithPassword } from '../../../chat/sign-in.ts';
import { clientAddress } from '../../client-address.ts';
import { callerOf, signedIn, signedInOnce } from './auth.ts';
import { bodyOf, textOfField } from './bodies.ts';
import { DEVICE, type Face } from './face.ts';
import { saysError, told } from './refusals.ts';

const NO_GOOD = { error: 'Invalid or expired refresh token' };
const MISSING = { error: 'Refresh token is required' };

/** Its description calls them differently in its two chapters: clients find them under both names. */
export function pairOf({ access, refresh }: { access: string; refresh: string }): object {
  return { refresh, access, refresh_token: refresh, access_token: access };
}

export function addSessions({ app, chat, tokens, base }: Face): void {
  app.on('POST', [`${base}/api/users/login`, `${base}/api/login`], saysError, async (c) => {
    const body = await bodyOf(c);
    const [username, password] = [textOfField(body.username), textOfField(body.password)];
    if (!username || !password) return c.json({ error: 'Username and password are required' }, 400);
    const address = clientAddress(c);
    chat.limits.take('sign-in', { address });
    const { tokens: made, terms } = tokens.newPair();
    const input = {
      ...{ username: username.normalize('NFKC'), password: password.normalize() },
      ...{ device: DEVICE, address, terms },
    };
    return told(
      async () => {
        await signInWithPassword(chat, input, { nameFirst: true });
        return c.json(pairOf(made), 200);
      },
      { wrong_credentials: () => c.json({ error: 'Invalid Credentials' }, 401) },
    );
  });

  app.post(`${base}/api/users/logout`, saysError, signedIn(tokens), async (c) => {
    const refresh = textOfField((await bodyOf(c)).refresh);
    if (!refresh) return c.json(MISSING, 400);
    const found = await tokens.find('refresh', refresh);
    if (found?.caller.userId !== callerOf(c).userId) {
      const claims = await tokens.read(refresh);
      return c.json(claims?.type === 'access' ? { error: 'Invalid token' } : NO_GOOD, 401);
    }
    return told(
      async () => {
        await endSession(chat, found.caller, found.caller.sessionId);
        return c.json({ message: 'Successfully logged out' }, 200);
      },
      { not_found: () => c.json(NO_GOOD, 401) },
    );
  });

  const refreshPaths = [`${base}/api/users/refresh-token`, `${base}/api/refresh-token`];
  app.on('POST', refreshPaths, saysError, signedInOnce(tokens), async (c) => {
    const refresh = textOfField((await bodyOf(c)).refresh);
    if (!refresh) return c.json(MISSING, 400);
    const address = clientAddress(c);
    chat.limits.take('sign-in', { address });
    return told(async () => c.json(await tokens.refresh(refresh, address), 200), {
      unauthenticated: () => c.json(NO_GOOD, 401),
    });
  });
}

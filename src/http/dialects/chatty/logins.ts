import type { Context } from 'hono';
import type { Chat } from '../../../chat/chat.ts';
import { findAccount } from '../../../chat/find-account.ts';
import { givenPassword } from '../../../chat/inputs/passwords.ts';
import { enterAgain, enterAsGuest, enterLobby } from '../../../chat/lobby/enter-lobby.ts';
import { lobbyPerson } from '../../../chat/lobby/groups.ts';
import { endVisit } from '../../../chat/lobby/visits.ts';
import { signInWithPassword } from '../../../chat/sign-in.ts';
import type { NewSession } from '../../../chat/sign-in-as.ts';
import type { App } from '../../app.ts';
import { clientAddress } from '../../client-address.ts';
import type { DialectNeeds } from '../dialect.ts';
import { nameOf, readBody } from './fields.ts';
import { userObject } from './objects.ts';
import { inWords, Refusal } from './refusal.ts';
import { giveCookie, newLogin } from './visitors.ts';

/** How the list of sessions calls them. */
const DEVICE = 'chatty';

/** How one comes to be logged in, and stops being so. One login for each name: a new one ends the one before it. */
export function loginRoutes(app: App, { chat, secure }: DialectNeeds, base: string): void {
  const visitor = (c: Context) => ({ device: DEVICE, address: clientAddress(c) });
  const loggedIn = (c: Context, { user }: NewSession, token: string): Response => {
    giveCookie(c, token, { base, secure });
    return c.json(userObject(lobbyPerson(chat, user)));
  };

  app.post(`${base}/api/authorize`, async (c) => {
    const field = await readBody(c);
    const [username, given] = [field('user'), field('password')];
    chat.limits.take('sign-in', { address: clientAddress(c) });
    await requireMayLogIn(chat, username);
    const password = givenPassword.safeParse(given);
    if (!password.success) throw new Refusal(401, 'hash mismatch');
    const { token, terms } = newLogin();
    const input = { ...visitor(c), username, password: password.data };
    const login = enterLobby(chat, terms, (terms) =>
      signInWithPassword(chat, { ...input, terms }, { nameFirst: true }),
    );
    return loggedIn(c, await inWords(login, { wrong_credentials: [401, 'hash mismatch'] }), token);
  });

  app.post(`${base}/api/login`, async (c) => {
    const username = nameOf((await readBody(c))('user'));
    chat.limits.take('sign-up', { address: clientAddress(c) });
    const { token, terms } = newLogin();
    const login = enterAsGuest(chat, { ...visitor(c), username, terms });
    const opened = await inWords(login, {
      username_taken: [409, 'unauthorized'],
      conflict: [409, 'user is already logged in'],
    });
    return loggedIn(c, opened, token);
  });

  app.post(`${base}/api/loggedonly/login`, async (c) => {
    chat.limits.take('sign-in', { address: clientAddress(c) });
    const { token, terms } = newLogin();
    const login = enterAgain(chat, c.get('chattyCaller'), { ...visitor(c), terms });
    return loggedIn(c, await inWords(login, { unauthenticated: [401, 'user not logged in'] }), token);
  });

  app.post(`${base}/api/loggedonly/logout`, async (c) => {
    // Whoever was faster has logged this one out.
    if (!(await endVisit(chat, c.get('chattyCaller')))) throw new Refusal(409, 'user not logged in');
    return c.body(null);
  });

  // Asking is a sign of life in itself.
  app.put(`${base}/api/loggedonly/keepalive`, (c) => c.body(null));
}

/** An address that was given has to be proven first. Who comes from a wire that asks for none has none. */
async function requireMayLogIn(chat: Pick<Chat, 'database'>, username: string): Promise<void> {
  const user = await findAccount(chat, username);
  if (user === undefined) throw new Refusal(400, "user doesn't exist");
  if (user.email != null && !user.verified) throw new Refusal(403, 'email is not verified');
}

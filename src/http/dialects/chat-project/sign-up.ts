import type { Context } from 'hono';
import { createAccount } from '../../../chat/create-account.ts';
import { ChatError } from '../../../chat/errors.ts';
import { MAX_NAME_LENGTH } from '../../../chat/inputs/accounts.ts';
import { checkPicture } from '../../../chat/media/check-picture.ts';
import { once } from '../../../chat/media/in-memory.ts';
import { setAvatar } from '../../../chat/media/set-avatar.ts';
import { clientAddress } from '../../client-address.ts';
import type { Fields } from '../fields.ts';
import { bodyOf, fileInHand, textOfField } from './bodies.ts';
import { DEVICE, type Face } from './face.ts';
import { saysError } from './refusals.ts';
import {
  NAME_TAKEN,
  NO_IMAGE,
  problemWithEmail,
  problemWithName,
  problemWithPassword,
  problemWithUsername,
} from './rules.ts';
import { pairOf } from './sessions.ts';

interface Given {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
}

export function addSignUp({ app, chat, tokens, forms, base }: Face): void {
  const paths = [`${base}/api/users/signup`, `${base}/api/signup`];
  app.on('POST', paths, saysError, limitSignUps, forms.read, async (c) => {
    const body = await bodyOf(c);
    const given = read(body);
    const problem = typeof given === 'string' ? given : problemWith(given, body);
    if (typeof given === 'string' || problem !== undefined) return c.json({ error: problem }, 400);
    const image = body.personal_image instanceof File ? await fileInHand(body.personal_image) : undefined;
    try {
      // First, because an account cannot be taken back when its picture turns out to be none.
      if (image) await checkPicture(chat, image.bytes);
      const pair = tokens.newPair();
      const { user } = await createAccount(chat, {
        ...accountOf(given),
        device: DEVICE,
        address: clientAddress(c),
        terms: pair.terms,
      });
      if (image) await keepPicture(user.id, image);
      return c.json(pairOf(pair.tokens), 201);
    } catch (error) {
      const told = error instanceof ChatError ? TOLD[error.code] : undefined;
      if (told === undefined) throw error;
      return c.json({ error: told }, 400);
    }
  });

  function limitSignUps(c: Context, next: () => Promise<void>): Promise<void> {
    chat.limits.take('sign-up', { address: clientAddress(c) });
    return next();
  }

  /** The account is there: that its picture could not be kept this moment does not undo it. */
  async function keepPicture(userId: string, { name, bytes }: { name: string; bytes: Uint8Array }) {
    await setAvatar(chat, userId, { name, bytes: once(bytes) }).catch((error) =>
      chat.log.warn({ err: error }, 'a new account stays without its picture'),
    );
  }
}

const TOLD: Partial<Record<ChatError['code'], string>> = {
  username_taken: NAME_TAKEN,
  email_taken: 'A user with that email already exists.',
  bad_request: NO_IMAGE,
  too_large: NO_IMAGE,
};

/** What is missing, in words, or all of it. */
function read(body: Fields): Given | string {
  const [username, email, password] = [body.username, body.email, body.password].map(textOfField);
  if (!username || !email || !password) return 'Username, email, and password are required.';
  return {
    username: username.normalize('NFKC'),
    email,
    // As at sign-in.
    password: password.normalize(),
    firstName: textOfField(body.first_name) ?? '',
    lastName: textOfField(body.last_name) ?? '',
  };
}

function problemWith({ username, email, password, firstName, lastName }: Given, body: Fields) {
  const again = textOfField(body.password2);
  if (again !== undefined && again.normalize() !== password) return "Password fields didn't match.";
  return (
    problemWithUsername(username) ??
    problemWithEmail(email) ??
    problemWithPassword(password) ??
    problemWithName(firstName) ??
    problemWithName(lastName)
  );
}

function accountOf({ username, email, password, firstName, lastName }: Given) {
  const fullName = [...`${firstName} ${lastName}`.trim()].slice(0, MAX_NAME_LENGTH).join('');
  return {
    username,
    email,
    password,
    displayName: fullName === '' ? undefined : fullName,
    details: { firstName, lastName },
  };
}

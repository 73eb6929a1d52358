import type { Context } from 'hono';
import type { Caller } from '../../../chat/authenticate.ts';
import { ChatError } from '../../../chat/errors.ts';
import { requireFreshSession } from '../../../chat/fresh-session.ts';
import { getMe } from '../../../chat/get-me.ts';
import { checkPicture } from '../../../chat/media/check-picture.ts';
import { once } from '../../../chat/media/in-memory.ts';
import { removeAvatar, setAvatar } from '../../../chat/media/set-avatar.ts';
import { setPassword } from '../../../chat/set-password.ts';
import { updateProfile } from '../../../chat/update-profile.ts';
import type { OwnUserView } from '../../../chat/views.ts';
import { clientAddress } from '../../client-address.ts';
import { callerOf, signedIn } from './auth.ts';
import { bodyOf, fileInHand } from './bodies.ts';
import type { Face } from './face.ts';
import { NotValid, type ProfileChange, readProfileChange } from './profile-change.ts';
import { NAME_TAKEN, NO_IMAGE } from './rules.ts';
import { imageOf } from './views.ts';

export function addProfile({ app, chat, tokens, forms, base }: Face): void {
  const paths = [`${base}/api/users/profile`, `${base}/api/profile`];
  app.on('GET', paths, signedIn(tokens), async (c) =>
    c.json(profileOf(await getMe(chat, callerOf(c).userId)), 200),
  );
  app.on('PATCH', paths, signedIn(tokens), forms.read, async (c) => {
    const caller = callerOf(c);
    try {
      const change = readProfileChange(await bodyOf(c), await getMe(chat, caller.userId));
      await apply(c, caller, change);
      return c.json(profileOf(await getMe(chat, caller.userId)), 200);
    } catch (error) {
      if (!(error instanceof NotValid)) throw error;
      return c.json({ error: 'Invalid data provided.', [error.field]: [error.message] }, 400);
    }
  });

  /** What can be refused is asked first: of a request that is refused nothing is kept. */
  async function apply(
    c: Context,
    caller: Caller,
    { fields, password, image }: ProfileChange,
  ): Promise<void> {
    const { userId } = caller;
    const picture = image instanceof File ? await fileInHand(image) : undefined;
    if (picture) {
      chat.limits.take('upload', { account: userId, address: clientAddress(c) });
      await telling('personal_image', NO_IMAGE, ['bad_request', 'too_large'], () =>
        checkPicture(chat, picture.bytes),
      );
    }
    if (password !== undefined) {
      chat.limits.take('password', { account: userId });
      await telling('password', 'Log in again first.', ['wrong_credentials'], () =>
        requireFreshSession(chat, caller),
      );
    }
    if (Object.keys(fields).length > 0)
      await telling('username', NAME_TAKEN, ['username_taken'], () => updateProfile(chat, userId, fields));
    if (password !== undefined) await setPassword(chat, caller, password);
    if (picture) await setAvatar(chat, userId, { name: picture.name, bytes: once(picture.bytes) });
    if (image === null) await removeAvatar(chat, userId);
  }

  function profileOf({ id, username, email, firstName, lastName, avatar }: OwnUserView): object {
    const key = avatar && new URLSearchParams(avatar.split('?')[1]).get('key');
    return {
      id,
      username,
      email: email ?? '',
      first_name: firstName,
      last_name: lastName,
      personal_image: imageOf(base, id, key),
    };
  }
}

async function telling(
  field: string,
  message: string,
  codes: readonly ChatError['code'][],
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ChatError && codes.includes(error.code)) throw new NotValid(field, message);
    throw error;
  }
}

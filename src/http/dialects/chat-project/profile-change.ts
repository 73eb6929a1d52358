import type { UpdateProfile } from '../../../chat/inputs/accounts.ts';
import type { OwnUserView } from '../../../chat/views.ts';
import type { Fields } from '../fields.ts';
import { textOfField } from './bodies.ts';
import { problemWithName, problemWithPassword, problemWithUsername } from './rules.ts';

/** One field that cannot be as it was sent. */
export class NotValid extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

export interface ProfileChange {
  readonly fields: UpdateProfile;
  readonly password: string | undefined;
  /** Null takes it away. */
  readonly image: File | null | undefined;
}

/** Only what was sent is changed; what nobody may change is passed over. */
export function readProfileChange(body: Fields, { email }: OwnUserView): ProfileChange {
  const username = read(body, 'username', problemWithUsername)?.normalize('NFKC');
  const firstName = read(body, 'first_name', problemWithName);
  const lastName = read(body, 'last_name', problemWithName);
  const password = read(body, 'password', problemWithPassword)?.normalize();
  const address = read(body, 'email', () => undefined);
  // Whoever has the address can get in: it takes more than a session that was left lying about.
  if (address !== undefined && address.toLowerCase() !== (email ?? '').toLowerCase())
    throw new NotValid('email', 'The address cannot be changed here.');
  return {
    fields: {
      ...(username !== undefined && { username }),
      ...(firstName !== undefined && { firstName }),
      ...(lastName !== undefined && { lastName }),
    },
    password,
    image: imageIn(body.personal_image),
  };
}

function read(
  body: Fields,
  field: string,
  problemWith: (text: string) => string | undefined,
): string | undefined {
  if (body[field] === undefined) return undefined;
  const text = textOfField(body[field]);
  const problem = text === undefined ? 'Not a valid string.' : problemWith(text);
  if (problem !== undefined) throw new NotValid(field, problem);
  return text;
}

/** A form has no way to say null but an empty text. */
function imageIn(value: unknown): File | null | undefined {
  if (value === undefined || value instanceof File) return value;
  if (value === null || value === '') return null;
  throw new NotValid(
    'personal_image',
    'The submitted data was not a file. Check the encoding type on the form.',
  );
}

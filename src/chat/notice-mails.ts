import { mailOf } from './letter.ts';
import type { Mail } from './mailer.ts';

const IF_NOT_YOU =
  'If it was not you, change your password at once: it signs all other devices out. Then look what else is\n' +
  'there to sign in with.';

/** What happens to an account that its owner should know of, even if it was not they who did it. */
const NOTICES = {
  'email-asked': {
    subject: 'Another email address for your account',
    says: 'Somebody, probably you, wants another email address for the account',
    more: 'This one stays in force until the other one is proven, and gets another mail then.',
  },
  'email-changed': {
    subject: 'Your email address was changed',
    says: 'There is another email address for the account',
    more: 'This is the last mail to this one.',
  },
  'email-removed': {
    subject: 'Your email address was removed',
    says: 'There is no email address any more for the account',
    more: 'This is the last mail to it, and no new password can be had by mail.',
  },
  'name-changed': {
    subject: 'Your username was changed',
    says: 'There is another username for the account that is now called',
    more: 'Sign in with that one.',
  },
  'app-added': {
    subject: 'An authenticator app was added',
    says: 'From now on signing in asks for a code of an authenticator app, for the account',
    more: 'If it is the first second factor, there are new recovery codes, too.',
  },
  'app-removed': {
    subject: 'Your authenticator app was removed',
    says: 'Codes of an authenticator app are asked for no longer, for the account',
    more: 'You can add another one at any time.',
  },
  'passkey-added': {
    subject: 'A passkey was added',
    says: 'There is a new passkey to sign in with, for the account',
    more: 'If it is the first second factor, there are new recovery codes, too.',
  },
  'passkey-removed': {
    subject: 'A passkey was removed',
    says: 'There is one passkey less to sign in with, for the account',
    more: 'You can add another one at any time.',
  },
  'codes-renewed': {
    subject: 'There are new recovery codes',
    says: 'New recovery codes were made, and those before work no longer, for the account',
    more: 'Each stands in once for a second factor that is lost.',
  },
  'identity-added': {
    subject: 'An account elsewhere was linked',
    says: 'Somebody can now sign in with an account elsewhere to the account',
    more: 'You can undo that in your account.',
  },
  'identity-removed': {
    subject: 'An account elsewhere was unlinked',
    says: 'An account elsewhere opens no longer the account',
    more: 'You can link it again at any time.',
  },
} as const;

export type NoticeKind = keyof typeof NOTICES;

export interface NoticeReader {
  readonly userId: string;
  readonly to: string;
  readonly username: string;
}

export function noticeMail(kind: NoticeKind, { userId, to, username }: NoticeReader): Mail {
  const { subject, says, more } = NOTICES[kind];
  return mailOf({ userId, to, subject, parts: [says, { name: username }, more, IF_NOT_YOU] });
}

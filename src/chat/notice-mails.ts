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

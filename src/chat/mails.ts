import { mailOf, type Part } from './letter.ts';
import { EMAIL_TOKEN_SECONDS } from './limits.ts';
import type { Mail } from './mailer.ts';

interface Reader {
  readonly userId: string;
  readonly to: string;
}

interface Named {
  readonly username: string;
}

// Nothing here is chosen by whoever signed up, or signed in, except where the reader needs it: our mails go to
// addresses that strangers typed, and must not carry their words.

export function verificationMail(mail: Reader & { readonly link: string; readonly code: string }): Mail {
  const { userId, to, link, code } = mail;
  return mailOf({
    userId,
    to,
    subject: 'Is this your email address?',
    parts: [
      'Somebody, probably you, signed up with this address.\nOpen this page to say that it is yours:',
      { link },
      'Or type this code where you signed up:',
      { code },
      `Either works once, for ${EMAIL_TOKEN_SECONDS.verify / 3_600} hours. If it was not you, do nothing.`,
    ],
  });
}

export function resetMail({
  userId,
  to,
  link,
  token,
  username,
}: Reader & Named & { readonly link: string; readonly token?: string }): Mail {
  const typed = token === undefined ? [] : ['Or type this where you asked for it:', { code: token }];
  return mailOf({
    userId,
    to,
    subject: 'A new password',
    parts: [
      'Somebody, probably you, wants a new password for the account',
      { name: username },
      'Open this page to choose it:',
      { link },
      ...typed,
      `${token === undefined ? 'The link' : 'Either'} works once, for ${EMAIL_TOKEN_SECONDS.reset / 60} minutes. If it was not you, do nothing:\n` +
        'your password stays what it is.',
    ],
  });
}

export function passcodeMail({
  userId,
  to,
  code,
  username,
}: Reader & Named & { readonly code: string }): Mail {
  return mailOf({
    userId,
    to,
    subject: 'Your code to sign in',
    parts: [
      'Somebody, probably you, wants to sign in without a password to the account',
      { name: username },
      'with this code:',
      { code },
      `It works once, for ${EMAIL_TOKEN_SECONDS.passcode / 60} minutes. Tell it to nobody, whoever asks. If it was\n` +
        'not you, do nothing.',
    ],
  });
}

export function passwordCodeMail({
  userId,
  to,
  code,
  username,
}: Reader & Named & { readonly code: string }): Mail {
  return mailOf({
    userId,
    to,
    subject: 'Your code for a new password',
    parts: [
      'Somebody, probably you, wants a new password for the account',
      { name: username },
      'Type this code where you choose it:',
      { code },
      `It works once, for ${EMAIL_TOKEN_SECONDS.password / 60} minutes. Tell it to nobody, whoever asks. If it was\n` +
        'not you, do nothing: your password stays what it is.',
    ],
  });
}

export function passwordChangedMail({ userId, to, username }: Reader & Named): Mail {
  return mailOf({
    userId,
    to,
    subject: 'Your password was changed',
    parts: [
      'There is a new password for the account',
      { name: username },
      'All other devices were signed out. If it was not you, ask for a new password at once, and look\n' +
        'who else reads this mailbox.',
    ],
  });
}

export function newDeviceMail(
  mail: Reader & Named & { readonly at: Date; readonly place: string | null },
): Mail {
  const { userId, to, username, at, place } = mail;
  return mailOf({
    userId,
    to,
    subject: 'A new device signed in',
    parts: [
      'Somebody, probably you, signed in from a device or a place that is new for the account',
      { name: username },
      `It was on ${at.toUTCString()}, from ${place ?? 'an unknown network'}.`,
      'If it was not you, change your password: it signs all other devices out.',
    ],
  });
}

/** In place of a verification mail, to whom the address belongs. */
export function claimedAddressMail(
  mail: Reader & Named & { readonly claimant: string; readonly link: string },
): Mail {
  const { userId, to, username, claimant, link } = mail;
  return mailOf({
    userId,
    to,
    subject: 'You have an account already',
    parts: [
      'Somebody wants to use your address for another account.',
      ...whoIsCalled('It is called', claimant),
      'Your address belongs to the account',
      { name: username },
      'and stays with it. If it was you, sign in with that account, or ask for a new password if you do not\n' +
        'remember it:',
      { link },
      'If it was not you, do nothing.',
    ],
  });
}

/** The only mail of ours that goes out in somebody's name, to people who do not know us. */
export function invitationMail({
  userId,
  to,
  username,
  link,
}: Reader & Named & { readonly link: string }): Mail {
  return mailOf({
    userId,
    to,
    subject: 'Somebody invites you to chat',
    parts: [
      'Somebody who knows your address invites you to chat with them.',
      ...whoIsCalled('They are called', username),
      'Sign up with this address, and you will find their request there:',
      { link },
      'This is the only mail that they can send you this way. If you do not know them, do nothing.',
    ],
  });
}

/** A name with a dot in it is a link to many mail programs, to wherever its owner likes. */
function whoIsCalled(words: string, name: string): Part[] {
  return name.includes('.') ? [] : [words, { name }];
}

import { EMAIL_TOKEN_SECONDS } from './limits.ts';
import type { Mail } from './mailer.ts';

interface Letter {
  readonly userId: string;
  readonly to: string;
  readonly link: string;
}

// Nothing here is chosen by whoever signed up, except where the reader needs it: our mails go to addresses that
// strangers typed, and must not carry their words.

export function verificationMail({ userId, to, link }: Letter): Mail {
  return {
    userId,
    to,
    subject: 'Is this your email address?',
    text: `Somebody, probably you, signed up with this address.
Open this page to say that it is yours:

${link}

The link works once, for ${EMAIL_TOKEN_SECONDS.verify / 3_600} hours. If it was not you, do nothing.
`,
  };
}

export function resetMail({ userId, to, link, username }: Letter & { readonly username: string }): Mail {
  return {
    userId,
    to,
    subject: 'A new password',
    text: `Somebody, probably you, wants a new password for the account
${username}.
Open this page to choose it:

${link}

The link works once, for ${EMAIL_TOKEN_SECONDS.reset / 60} minutes. If it was not you, do nothing:
your password stays what it is.
`,
  };
}

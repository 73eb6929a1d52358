import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Log } from './chat/log.ts';
import type { Mail, Mailer } from './chat/mailer.ts';

const SMTP_CONNECTIONS = 2;
const SMTP_CONNECT_MS = 10_000;
const SMTP_GREETING_MS = 10_000;
/** Silence in the middle of a conversation. */
const SMTP_SILENCE_MS = 20_000;

export interface MailOptions {
  /** Undefined writes files. */
  readonly smtpUrl: string | undefined;
  readonly from: string;
  readonly dataDir: string;
  readonly log: Log;
}

export interface OpenMailer extends Mailer {
  /** Where the mails go, in words for people. */
  readonly description: string;
  close(): void;
}

export function openMailer({ smtpUrl, ...options }: MailOptions): OpenMailer {
  return smtpUrl === undefined ? fileMailer(options) : smtpMailer(smtpUrl, options.from);
}

/** Connects with the first mail: a mail server that is down is no reason not to start. */
function smtpMailer(url: string, from: string): OpenMailer {
  const transport = createTransport(
    {
      url,
      pool: true,
      maxConnections: SMTP_CONNECTIONS,
      connectionTimeout: SMTP_CONNECT_MS,
      greetingTimeout: SMTP_GREETING_MS,
      socketTimeout: SMTP_SILENCE_MS,
      // Nobody tells us to attach what they name.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  return {
    description: `SMTP by ${new URL(url).host}`,
    async send(mail) {
      await transport.sendMail(messageOf(mail));
    },
    close: () => transport.close(),
  };
}

/** For those who try Parlour out, and for tests: each mail is a file that a mail program opens. */
function fileMailer({ from, dataDir, log }: Omit<MailOptions, 'smtpUrl'>): OpenMailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' }, { from });
  const folder = join(dataDir, 'mail');
  return {
    description: `files in ${folder}`,
    async send(mail) {
      const { message } = await transport.sendMail(messageOf(mail));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, fileName(new Date()));
      await writeFile(file, message, { mode: 0o600, flag: 'wx' });
      log.info({ file, userId: mail.userId }, 'a mail is written');
    },
    close() {},
  };
}

/** The address as an object: as a text it would be read as a list of addresses with names. */
function messageOf({ to, subject, text, html }: Mail): object {
  return { to: { name: '', address: to }, subject, text, html };
}

/** In the order of time; colons are not for every file system. */
function fileName(now: Date): string {
  return `${now.toISOString().replaceAll(':', '-')}-${randomBytes(4).toString('hex')}.eml`;
}

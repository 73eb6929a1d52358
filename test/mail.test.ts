import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMailer } from '../src/mail.ts';
import { silentLog } from './support/core.ts';
import { allMails } from './support/mailbox.ts';

describe('mails without a mail server', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'parlour-mail-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const from = 'Parlour <parlour@localhost>';
  const mail = {
    userId: 'id-of-alice',
    to: 'alice@example.org',
    subject: 'Hello',
    text: 'secret-link',
    html: '<p>secret-link</p>',
  };

  it('become files for their owner only, in the order of time', async () => {
    const mailer = openMailer({ smtpUrl: undefined, from, dataDir, log: silentLog });
    for (const subject of ['first', 'second', 'third']) {
      await mailer.send({ ...mail, subject });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const mails = await allMails({ dataDir });
    expect(mails.map(({ subject }) => subject)).toEqual(['first', 'second', 'third']);
    expect(mails[0]).toMatchObject({ from, to: 'alice@example.org', text: 'secret-link' });
    expect(mails[0]!.html).toBe('<p>secret-link</p>');
    for (const { file } of mails) {
      expect(file).toMatch(/\.eml$/);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
    expect((await stat(join(dataDir, 'mail'))).mode & 0o777).toBe(0o700);
  });

  it('are logged by file and person, without address or text', async () => {
    const lines: { facts: object; message: string }[] = [];
    const log = { ...silentLog, info: (facts: object, message: string) => lines.push({ facts, message }) };
    await openMailer({ smtpUrl: undefined, from, dataDir, log }).send(mail);
    const [name] = await readdir(join(dataDir, 'mail'));
    expect(lines).toMatchObject([{ facts: { file: join(dataDir, 'mail', name!), userId: 'id-of-alice' } }]);
    expect(JSON.stringify(lines)).not.toMatch(/example\.org|secret-link|Hello/);
  });

  it('go to one address, whatever it looks like', async () => {
    const mailer = openMailer({ smtpUrl: undefined, from, dataDir, log: silentLog });
    await mailer.send({ ...mail, to: 'alice@example.org, mallory@example.net' });
    const [written] = await allMails({ dataDir });
    expect(written?.to).not.toMatch(/^alice@example\.org, mallory@example\.net$/);
  });
});

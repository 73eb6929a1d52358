import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readMail } from '../support/mailbox.ts';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';

describe('mails by SMTP', () => {
  const received: string[] = [];
  const refused: string[] = [];
  let smtp: SMTPServer;
  let server: TestServer;

  beforeAll(async () => {
    smtp = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username, password }, _session, done) =>
        username === 'parlour' && password === 'p@ss'
          ? done(null, { user: username })
          : done(new Error('no')),
      onRcptTo: ({ address }, _session, done) => {
        if (address !== 'full@example.org') return done();
        refused.push(address);
        done(new Error('mailbox full'));
      },
      onData: (stream, _session, done) => {
        let source = '';
        stream.on('data', (chunk: Buffer) => {
          source += chunk.toString();
        });
        stream.on('end', () => {
          received.push(source);
          done();
        });
      },
    });
    await once(smtp.listen(0, '127.0.0.1'), 'listening');
    const { port } = smtp.server.address() as AddressInfo;
    server = await startTestServer({
      config: {
        smtpUrl: `smtp://parlour:p%40ss@127.0.0.1:${port}`,
        mailFrom: 'Our chat <chat@example.org>',
        publicUrl: 'https://chat.example.org/under',
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    await new Promise<void>((resolve) => smtp.close(resolve));
  });

  it('arrive, with links to PUBLIC_URL', async () => {
    const alice = await server.signUp('alice', { email: 'alice@example.org' });
    await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 5_000 });
    const mail = readMail('', received[0]!);
    expect(mail).toMatchObject({ from: 'Our chat <chat@example.org>', to: 'alice@example.org' });
    expect(mail.link).toMatch(/^https:\/\/chat\.example\.org\/under\/email\/verify\?token=[\w-]{22}$/);
    expect(mail.html).toContain(`<a href="${mail.link}">`);
    expect((await server.api('POST', '/email/verify', { token: mail.token })).status).toBe(204);
    expect((await alice.api('GET', '/me')).body.verified).toBe(true);
  });

  it('that are refused fail no sign-up, and the next one goes out', async () => {
    const bob = { username: 'bob', password: PASSWORD, email: 'full@example.org' };
    expect((await server.api('POST', '/accounts', bob)).status).toBe(201);
    await vi.waitFor(() => expect(refused).toEqual(['full@example.org']), { timeout: 5_000 });
    await server.signUp('carol', { email: 'carol@example.org' });
    await vi.waitFor(
      () => expect(received.map((mail) => readMail('', mail).to)).toContain('carol@example.org'),
      {
        timeout: 5_000,
      },
    );
  });
});

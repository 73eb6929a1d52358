import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';

export interface ReadMail {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly link: string;
  readonly token: string;
}

interface HasDataDir {
  readonly dataDir: string;
}

/** Every mail that a server without SMTP_URL has written, oldest first. */
export async function allMails({ dataDir }: HasDataDir): Promise<ReadMail[]> {
  const folder = join(dataDir, 'mail');
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    names
      .sort()
      .map(async (name) => readMail(join(folder, name), await readFile(join(folder, name), 'utf8'))),
  );
}

/** The newest mail to this address, once there are so many: mails are written after the answer. */
export function mailTo(server: HasDataDir, address: string, count = 1): Promise<ReadMail> {
  return vi.waitFor(
    async () => {
      const mails = (await allMails(server)).filter((mail) => mail.to === address);
      if (mails.length < count) throw new Error(`${mails.length} of ${count} mails came to ${address}`);
      return mails.at(-1)!;
    },
    { timeout: 5_000, interval: 20 },
  );
}

export function readMail(file: string, source: string): ReadMail {
  const unix = source.replaceAll('\r\n', '\n');
  const [head = ''] = unix.split('\n\n', 1);
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? '';
  const body = unix.slice(head.length + 2);
  const text = /quoted-printable/i.test(header('Content-Transfer-Encoding'))
    ? body
        .replace(/=\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : body;
  const link = /^https?:\S+$/m.exec(text)?.[0] ?? '';
  return {
    file,
    from: header('From'),
    to: header('To').replace(/^<|>$/g, ''),
    subject: header('Subject'),
    text,
    link,
    token: /token=([\w-]+)$/.exec(link)?.[1] ?? '',
  };
}

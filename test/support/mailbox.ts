import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';

export interface ReadMail {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly link: string;
  readonly token: string;
  readonly code: string;
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
  const mail = readPart(source.replaceAll('\r\n', '\n'));
  const boundary = /boundary="([^"]+)"/.exec(mail.header('Content-Type'))?.[1];
  const parts = boundary === undefined ? [mail] : mail.body.split(`--${boundary}`).slice(1, -1).map(readPart);
  const bodyOf = (type: string) =>
    parts.find((part) => part.header('Content-Type').startsWith(type))?.body ?? '';
  const text = bodyOf('text/plain');
  const link = /^https?:\S+$/m.exec(text)?.[0] ?? '';
  return {
    file,
    from: mail.header('From'),
    to: mail.header('To').replace(/^<|>$/g, ''),
    subject: mail.header('Subject'),
    text,
    html: bodyOf('text/html'),
    link,
    token: /token=([\w-]+)$/.exec(link)?.[1] ?? '',
    code: /^\d{6}$/m.exec(text)?.[0] ?? '',
  };
}

interface Part {
  readonly header: (name: string) => string;
  readonly body: string;
}

function readPart(source: string): Part {
  const [head = ''] = source.trimStart().split('\n\n', 1);
  const unfolded = head.replace(/\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1] ?? '';
  const raw = source.trimStart().slice(head.length + 2);
  const quoted = /quoted-printable/i.test(header('Content-Transfer-Encoding'));
  return { header, body: (quoted ? unquote(raw) : raw).trimEnd() };
}

function unquote(text: string): string {
  return text
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_UPLOADS_AT_ONCE } from '../../src/chat/limits.ts';
import { mediaConfig, namesIn, upload } from '../support/files.ts';
import { type Person, startTestServer, type TestServer } from '../support/server.ts';

const FILE_BYTES = 100_000;
const PART = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
const END = '\r\n--b--\r\n';

describe('uploading', () => {
  let server: TestServer;
  let alice: Person;
  let people = 0;

  beforeAll(async () => {
    server = await startTestServer({
      config: mediaConfig({ fileBytes: FILE_BYTES, quotaBytes: 250_000, uploadMs: 1_500 }),
    });
    alice = await server.signUp('alice');
  });
  afterAll(() => server?.stop());

  const somebody = () => {
    people += 1;
    return server.signUp(`bob${people}`);
  };
  const files = () => namesIn(join(server.dataDir, 'media'));

  interface Raw {
    readonly type?: string | null;
    readonly length?: number | undefined;
    /** Closes our side after the body, though the headers promised more. */
    readonly hangUp?: boolean;
    readonly person?: Pick<Person, 'accessToken'>;
    readonly path?: string;
  }

  /** What the server answers to exactly these bytes; empty when it only hangs up. */
  const send = (
    body: string,
    { type, length, hangUp, person = alice, path = 'POST /api/v1/media' }: Raw = {},
  ) =>
    new Promise<{ status: number; code: string | undefined }>((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const contentType = type === undefined ? 'multipart/form-data; boundary=b' : type;
      const head = [
        `${path} HTTP/1.1`,
        'Host: parlour',
        `Authorization: Bearer ${person.accessToken}`,
        ...(contentType === null ? [] : [`Content-Type: ${contentType}`]),
        `Content-Length: ${length ?? Buffer.byteLength(body)}`,
        'Connection: close',
      ];
      let answer = '';
      const socket = connect(Number(port), hostname, () => {
        socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
        if (hangUp) socket.end();
      });
      socket.on('data', (chunk) => {
        answer += chunk.toString();
      });
      socket.on('error', reject);
      socket.on('close', () => {
        const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
        resolve({ status, code: /"code":"(\w+)"/.exec(answer)?.[1] });
      });
    });

  it('takes one file in the field "file", also without a name', async () => {
    expect(await send(`${PART}hello${END}`)).toMatchObject({ status: 201 });
    const nameless = '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n';
    expect(await send(`${nameless}hello${END}`)).toMatchObject({ status: 201 });
  });

  it.each<[string, string, Raw]>([
    ['no form', '{}', { type: 'application/json' }],
    ['no type at all', `${PART}hello${END}`, { type: null }],
    ['another kind of form', 'file=hello', { type: 'application/x-www-form-urlencoded' }],
    ['no boundary', `${PART}hello${END}`, { type: 'multipart/form-data' }],
    ['an empty boundary', `${PART}hello${END}`, { type: 'multipart/form-data; boundary=' }],
    ['another boundary', `${PART}hello${END}`, { type: 'multipart/form-data; boundary=c' }],
    ['nothing', '', {}],
    ['a form without parts', '--b--\r\n', {}],
    ['two files', `${PART}one\r\n${PART}two${END}`, {}],
    ['a file in another field', `${PART.replace('"file"', '"other"')}hello${END}`, {}],
    [
      'a field beside the file',
      `${PART}hello\r\n--b\r\nContent-Disposition: form-data; name="x"\r\n\r\ny${END}`,
      {},
    ],
    [
      'a field before the file',
      `--b\r\nContent-Disposition: form-data; name="x"\r\n\r\ny\r\n${PART}hello${END}`,
      {},
    ],
    ['a part without headers', '--b\r\n\r\nhello\r\n--b--\r\n', {}],
    ['an empty file', `${PART}${END}`, {}],
    ['a form that ends in the middle of the file', `${PART}hello`, {}],
    ['a form that ends in the middle of a header', '--b\r\nContent-Dispo', {}],
    ['headers without end', `--b\r\n${'X: y\r\n'.repeat(10_000)}`, {}],
    [
      'a header that is too long',
      `--b\r\nContent-Disposition: form-data; name="${'x'.repeat(8_000)}"; filename="a"\r\n\r\nx${END}`,
      {},
    ],
    ['a length that is too long, and then silence', `${PART}hello`, { length: 5_000 }],
  ])('answers %s with bad_request, and keeps nothing', async (_what, body, raw) => {
    const before = await files();
    expect(await send(body, raw)).toEqual({ status: 400, code: 'bad_request' });
    expect(await send(body, { ...raw, path: 'PUT /api/v1/me/avatar' })).toEqual({
      status: 400,
      code: 'bad_request',
    });
    await expect.poll(files).toEqual(before);
  });

  it('takes no more than the length that was claimed', async () => {
    const before = await files();
    // The rest is no request, which Node itself says; whose answer comes first is open.
    expect((await send(`${PART}hello${END}`, { length: 20 })).status).toBe(400);
    await expect.poll(files).toEqual(before);
  });

  it('keeps nothing of who hangs up', async () => {
    const before = await files();
    await send(`${PART}hello`, { length: 5_000, hangUp: true });
    await expect.poll(files).toEqual(before);
    // Not counted as one that is still coming in.
    for (let n = 0; n <= MAX_UPLOADS_AT_ONCE; n += 1) await send(`${PART}x`, { length: 5_000, hangUp: true });
    await expect.poll(async () => (await send(`${PART}hello${END}`)).status).toBe(201);
  });

  it('refuses what is too large while it comes in, whatever length it claims', async () => {
    const bob = await somebody();
    expect((await upload(server, bob, Buffer.alloc(FILE_BYTES))).status).toBe(201);
    expect(await upload(server, bob, Buffer.alloc(FILE_BYTES + 1))).toMatchObject({
      status: 413,
      body: { error: { code: 'too_large' } },
    });
  });

  it('ends at the quota, and goes on when there is room again', async () => {
    const bob = await somebody();
    const dialog = (await bob.api('POST', '/conversations', { kind: 'dialog', userId: alice.id })).body.id;
    const file = Buffer.alloc(FILE_BYTES);
    const { body: first } = await upload(server, bob, file);
    expect((await upload(server, bob, file)).status).toBe(201);
    expect(await upload(server, bob, file)).toMatchObject({
      status: 413,
      body: { error: { code: 'too_large' } },
    });
    const messages = `/conversations/${dialog}/messages`;
    const { seq } = (await bob.api('POST', messages, { attachments: [first.id] })).body;
    await bob.api('DELETE', `${messages}/${seq}`);
    expect((await upload(server, bob, file)).status).toBe(201);
  });

  it('does not let two uploads take the same room', async () => {
    const bob = await somebody();
    const file = Buffer.alloc(90_000);
    const answers = await Promise.all([0, 1, 2].map(() => upload(server, bob, file)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 413]);
  });

  it('is done a few at a time by one person, which others do not feel', async () => {
    const [bob, carol] = [await somebody(), await somebody()];
    const slow = Array.from({ length: MAX_UPLOADS_AT_ONCE }, () =>
      send(`${PART}slow`, { length: 5_000, person: bob }),
    );
    const incoming = join(server.dataDir, 'media', 'incoming');
    await expect.poll(() => namesIn(incoming)).toHaveLength(MAX_UPLOADS_AT_ONCE);
    expect(await upload(server, bob, 'one more')).toMatchObject({
      status: 429,
      body: { error: { code: 'rate_limited' } },
    });
    expect((await upload(server, carol, 'mine')).status).toBe(201);
    for (const answer of await Promise.all(slow)) expect(answer.status).toBe(400);
    expect((await upload(server, bob, 'and now')).status).toBe(201);
  });

  it('cuts off who is too slow', async () => {
    const started = Date.now();
    expect(await send(`${PART}slow`, { length: 5_000 })).toEqual({ status: 400, code: 'bad_request' });
    expect(Date.now() - started).toBeGreaterThan(1_400);
  });

  it('wants a session', async () => {
    const person = { accessToken: 'nonsense' };
    expect(await send(`${PART}hello${END}`, { person })).toEqual({ status: 401, code: 'unauthenticated' });
  });

  it('leaves the other routes their small bodies', async () => {
    const { status } = await alice.api('PATCH', '/me', { displayName: 'x'.repeat(100_000) });
    expect(status).toBe(413);
    expect(await send('x'.repeat(100_000), { path: 'POST /api/v1/media/' })).toMatchObject({ status: 413 });
  });
});

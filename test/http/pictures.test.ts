import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_IMAGE_SIDE } from '../../src/chat/limits.ts';
import { bytesOf, pathOf, read, upload } from '../support/files.ts';
import { animation, photo, picture } from '../support/pictures.ts';
import { type Person, startTestServer, type TestServer } from '../support/server.ts';

describe('pictures and other files', () => {
  let server: TestServer;
  let alice: Person;

  beforeAll(async () => {
    server = await startTestServer();
    alice = await server.signUp('alice');
  });
  afterAll(() => server?.stop());

  const get = (file: { id: string }, query = '') => read(server, pathOf(file) + query, { person: alice });
  const red = [254, 0, 0];
  const colourAt = async (image: Buffer, left: number, top: number): Promise<number[]> => [
    ...(await sharp(image).extract({ left, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer()),
  ];
  const near = (one: number[], other: number[]) => one.every((value, n) => Math.abs(value - other[n]!) < 30);

  it('are made anew: the right way up, without where and with what they were taken', async () => {
    const given = await photo();
    expect(given.includes('Secretphone')).toBe(true);
    const { body: file } = await upload(server, alice, given, { name: 'IMG_1.JPG' });
    // It lay on its side.
    expect(file).toMatchObject({ type: 'image/jpeg', width: 40, height: 80, name: 'IMG_1.JPG' });
    for (const query of ['', '?size=thumb']) {
      const image = await bytesOf(await get(file, query));
      const { exif, orientation, width, height } = await sharp(image).metadata();
      expect({ exif, orientation, width, height }).toEqual({ width: 40, height: 80 });
      expect(image.includes('Secretphone')).toBe(false);
      expect(near(await colourAt(image, 20, 5), red)).toBe(true);
    }
  });

  it.each([
    ['jpeg', 'image/jpeg', 'x.jpeg'],
    ['png', 'image/png', 'x.png'],
    ['webp', 'image/webp', 'x.webp'],
    ['gif', 'image/gif', 'x.gif'],
    ['avif', 'image/webp', 'x.webp'],
  ] as const)('are known by what they hold: %s comes out as %s', async (format, type, name) => {
    const given = await picture().toFormat(format).toBuffer();
    const { status, body: file } = await upload(server, alice, given, { name: `x.${format}` });
    expect({ status, ...file }).toMatchObject({ status: 201, type, name, width: 80, height: 40 });
    const answer = await get(file);
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('content-disposition')).toMatch(/^inline;/);
    const image = await bytesOf(answer);
    expect(image.length).toBe(file.size);
    expect(`image/${(await sharp(image).metadata()).format}`).toBe(type);
    expect((await get(file, '?size=thumb')).headers.get('content-type')).toBe('image/webp');
  });

  it('keep moving, but for the thumbnail', async () => {
    const { body: file } = await upload(server, alice, await animation(5), { name: 'a.gif' });
    expect(file).toMatchObject({ width: 16, height: 16 });
    expect((await sharp(await bytesOf(await get(file))).metadata()).pages).toBe(5);
    expect((await sharp(await bytesOf(await get(file, '?size=thumb'))).metadata()).pages ?? 1).toBe(1);
  });

  it('are made smaller when they are very large', async () => {
    const large = await sharp({
      create: { width: 6_000, height: 3_000, channels: 3, background: 'red' },
    })
      .jpeg()
      .toBuffer();
    const { body: file } = await upload(server, alice, large, { name: 'large.jpg' });
    expect(file).toMatchObject({ width: MAX_IMAGE_SIDE, height: MAX_IMAGE_SIDE / 2 });
  });

  it('that unpack to more than there is room for are refused before they are unpacked', async () => {
    const bomb = pngOf(40_000, 40_000);
    expect(bomb.length).toBeLessThan(1_000);
    for (const options of [{}, { method: 'PUT', path: '/me/avatar' }]) {
      const { status, body } = await upload(server, alice, bomb, { name: 'bomb.png', ...options });
      expect({ status, code: body.error.code }).toEqual({ status: 413, code: 'too_large' });
    }
    const { status } = await upload(server, alice, await animation(501, 1), { name: 'frames.gif' });
    expect(status).toBe(413);
  });

  it('that are broken are refused, and nothing else breaks', async () => {
    const whole = await picture(800, 400).png().toBuffer();
    const half = whole.subarray(0, whole.length / 2);
    for (const bytes of [half, pngOf(10, 10)]) {
      const { status, body } = await upload(server, alice, bytes, { name: 'broken.png' });
      expect({ status, code: body.error?.code }).toEqual({ status: 400, code: 'bad_request' });
    }
    expect((await upload(server, alice, whole, { name: 'whole.png' })).status).toBe(201);
  });

  it('as somebody’s picture are square, still and of one kind', async () => {
    const { body: me } = await upload(server, alice, await animation(3, 64), {
      name: 'me.gif',
      method: 'PUT',
      path: '/me/avatar',
    });
    const answer = await read(server, me.avatar);
    const { format, width, height, pages = 1 } = await sharp(await bytesOf(answer)).metadata();
    expect({ format, width, height, pages }).toEqual({ format: 'webp', width: 512, height: 512, pages: 1 });
  });

  it.each([
    ['a web page', '<!doctype html><script>alert(1)</script>', 'x.html'],
    ['a drawing with a script', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', 'x.svg'],
    ['XML', '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', 'x.png'],
    ['text that calls itself a picture', 'not a picture', 'x.png'],
  ])('%s is only for saving', async (_what, content, name) => {
    const { body: file } = await upload(server, alice, content, { name });
    expect(file).toMatchObject({ type: 'application/octet-stream', width: null, thumbUrl: null });
    const { headers } = await get(file);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect((await get(file, '?size=thumb')).status).toBe(404);
    const asAvatar = await upload(server, alice, content, { name, method: 'PUT', path: '/me/avatar' });
    expect(asAvatar.status).toBe(400);
  });

  it('are saved under the name they had, as far as it is harmless', async () => {
    const names = [
      ['../../etc/passwd', 'passwd'],
      ['Grüße 漢字.pdf', 'Grüße 漢字.pdf'],
      ['invoice\u202Egpj.exe', 'invoicegpj.exe'],
      ['.htaccess', 'htaccess'],
      [`${'x'.repeat(500)}.txt`, `${'x'.repeat(146)}.txt`],
    ] as const;
    for (const [given, kept] of names) {
      const { body: file } = await upload(server, alice, 'content', { name: given });
      expect(file.name).toBe(kept);
      const header = (await get(file)).headers.get('content-disposition')!;
      expect(decodeURIComponent(/filename\*=UTF-8''(\S+)$/.exec(header)![1]!)).toBe(kept);
    }
  });
});

/** Says that it is so large, and holds nearly nothing. */
function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(10))),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...parts]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}

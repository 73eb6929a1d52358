import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { type Fields, queryFields, readFields } from '../../../src/http/dialects/fields.ts';
import { onceForAll } from '../../../src/http/dialects/line.ts';
import { onError } from '../../../src/http/errors.ts';
import { silentLogs } from '../../support/core.ts';

const app = new Hono();
app.onError(onError(silentLogs));
let read: Fields = {};
app.post('/', async (c) => {
  read = await readFields(c);
  return c.text('read');
});
app.get('/', (c) => {
  read = queryFields(c);
  return c.text('read');
});

async function fieldsOf(body: string | FormData, type?: string): Promise<Fields> {
  const headers = type === undefined ? undefined : { 'Content-Type': type };
  const response = await app.request('/', { method: 'POST', body, headers });
  expect(response.status).toBe(200);
  return { ...read };
}

describe('the fields of a request', () => {
  const NAMES = { a: '1', b: 'ü +&' };
  const FORM = 'a=1&b=%C3%BC%20%2B%26';

  it.each([
    ['a form', FORM, 'application/x-www-form-urlencoded'],
    ['a form without a type', FORM, 'text/plain'],
    ['JSON', JSON.stringify(NAMES), 'application/json'],
    ['JSON of another kind', JSON.stringify(NAMES), 'application/vnd.api+json; charset=utf-8'],
    ['JSON that is called a form', JSON.stringify(NAMES), 'application/x-www-form-urlencoded'],
    ['JSON after blanks', ` \n${JSON.stringify(NAMES)}`, 'text/plain'],
  ])('are the same, come they as %s', async (_what, body, type) => {
    expect(await fieldsOf(body, type)).toEqual(NAMES);
  });

  it('are the same, come they as a form of several parts, beside files', async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries(NAMES)) form.set(name, value);
    form.set('file', new Blob(['notes']), 'notes.txt');
    const { file, ...rest } = await fieldsOf(form);
    expect([rest, await (file as File).text()]).toEqual([NAMES, 'notes']);
  });

  it('are the first of several, and none where there is nothing', async () => {
    const type = 'application/x-www-form-urlencoded';
    expect(await fieldsOf('a=1&a=2&b', type)).toEqual({ a: '1', b: '' });
    expect(await fieldsOf('', type)).toEqual({});
    expect(await fieldsOf('', 'application/json')).toEqual({});
    await app.request('/?a=1&a=2&b=%C3%BC');
    expect({ ...read }).toEqual({ a: '1', b: 'ü' });
  });

  it('are fields and nothing else, whatever they are called', async () => {
    await fieldsOf('__proto__=x&constructor=y', 'text/plain');
    expect([read.toString, read.constructor, Object.keys(read)]).toEqual([
      undefined,
      'y',
      ['__proto__', 'constructor'],
    ]);
  });

  it.each([
    ['half an object', '{"a":', 'text/plain'],
    ['a list', '[1]', 'text/plain'],
    ['a number', '7', 'application/json'],
    ['nothing', 'null', 'application/json'],
    ['a broken form', 'x', 'multipart/form-data; boundary=y'],
  ])('cannot be %s', async (_what, body, type) => {
    const response = await app.request('/', { method: 'POST', body, headers: { 'Content-Type': type } });
    expect([response.status, (await response.json()) as unknown]).toEqual([
      400,
      { error: expect.objectContaining({ code: 'bad_request' }) },
    ]);
  });
});

describe('what is the same for all lines', () => {
  it('is made once for each event', () => {
    let made = 0;
    const make = onceForAll(() => {
      made += 1;
      return made;
    });
    const typing = { type: 'typing', conversationId: 'c', userId: 'u', on: true } as const;
    const again = { ...typing };
    expect([make(typing), make(typing), make(again), make(typing)]).toEqual([1, 1, 2, 1]);
  });
});

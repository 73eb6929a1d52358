import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask, type RawRequest } from '../support/raw-fetch.ts';
import { form, freshName, signedIn } from './client.ts';

const INVALID = {
  name: 'please enter a valid name',
  email: 'please enter a valid email address',
  phone: 'please enter a valid phone number',
  short: 'please enter a password with at least 10 characters',
  space: 'please enter a password without any space',
};

describe('registering by chatable', () => {
  let server: TestServer;
  let url: string;
  beforeAll(async () => {
    server = await startTestServer({ config: { allowedOrigins: ['https://app.example'] } });
    url = `${server.url}/chatable/api/register`;
  });
  afterAll(() => server.stop());

  /** A good form but for these fields. */
  const register = (fields: Record<string, string>) =>
    ask('POST', url, { form: { ...form(freshName('bob')), ...fields } });

  it('says of all fields at once what is wrong with them', async () => {
    const missing = await ask('POST', url, { form: {} });
    expect([missing.status, missing.headers.get('content-type'), missing.body]).toEqual([
      400,
      'application/json; charset=utf-8',
      {
        status: 'fail',
        data: [],
        error: {
          code: 400,
          errors: {
            first_name: 'is required',
            last_name: 'is required',
            username: 'is required',
            password: 'is required',
            email: 'is required',
            phone: 'is required',
          },
          message: 'Form error',
        },
        page: 1,
        per_page: 10,
        current_page: 0,
      },
    ]);
    const wrong = await register({
      last_name: '',
      username: '1',
      password: 'short',
      email: '@',
      phone: '+1',
    });
    expect(wrong.body.error.errors).toEqual({
      last_name: 'is required',
      username: INVALID.name,
      password: INVALID.short,
      email: INVALID.email,
      phone: INVALID.phone,
    });
  });

  it.each([
    ['username', 'a', INVALID.name],
    ['username', '1bob', INVALID.name],
    ['username', '_bob', INVALID.name],
    ['username', 'bob-2', INVALID.name],
    ['username', 'böb', INVALID.name],
    ['username', ' ', INVALID.name],
    ['username', 'b'.repeat(65), INVALID.name],
    ['username', "bob'); drop table user; --", INVALID.name],
    ['first_name', 'x'.repeat(65), INVALID.name],
    ['last_name', 'nul\0', INVALID.name],
    ['password', '12345678', INVALID.short],
    ['password', 'a bc', INVALID.space],
    ['password', 'with a blank', INVALID.space],
    ['password', ' ', INVALID.short],
    ['password', 'x'.repeat(257), 'please enter a password with at most 256 characters'],
    ['email', 'name@beeapp', INVALID.email],
    ['email', 'name@.beeapp.com', INVALID.email],
    ['email', 'name@BeeApp.com', INVALID.email],
    ['email', 'name@beeapp.c', INVALID.email],
    ['email', '@beeapp.io', INVALID.email],
    ['email', 'a@b@beeapp.io', INVALID.email],
    ['email', 'a\r\nBcc: x@y.io', INVALID.email],
    ['email', `${'a'.repeat(250)}@beeapp.io`, INVALID.email],
    ['email', `a@${'a.'.repeat(120)}1`, INVALID.email],
    ['phone', '+49123', INVALID.phone],
    ['phone', '0'.repeat(33), INVALID.phone],
    ['phone', '٣', INVALID.phone],
  ])('refuses the %s %j', async (field, value, message) => {
    const { status, body } = await register({ [field]: value });
    expect([status, body.error.errors]).toEqual([400, { [field]: message }]);
  });

  it.each([
    ['password', '1234567890'],
    ['password', 'ten letters'.replace(' ', '-')],
    ['password', 'ünïcödé-ok'],
    ['last_name', ' '],
    ['username', 'Ab'],
  ])('takes the %s %j', async (field, value) => {
    const { status, body } = await register({ [field]: value });
    expect([status, body.data[0]?.[field]]).toEqual([200, field === 'password' ? undefined : value.trim()]);
  });

  it('takes every character before the @ that an address may have', async () => {
    const email = "#%name!$&'*+-/=?^`{|}~.x@sub.beeapp.io";
    expect((await register({ email })).body.data[0].email).toBe(email);
  });

  it('trims what it is given, and lets in with or without what it cut off', async () => {
    const fields = form(freshName('alice'));
    const padded = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, `  ${value}\t`]));
    const { body } = await ask('POST', url, { form: padded });
    const { password, phone, ...told } = fields;
    expect(body.data[0]).toMatchObject({ ...told, phone_number: phone });
    await signedIn(`${server.url}/chatable`, fields.username!, password);
    await signedIn(`${server.url}/chatable`, fields.username!, ` ${password} `);
    const native = await server.api('POST', '/sessions', { username: fields.username, password });
    expect(native.body.user).toMatchObject({
      displayName: 'Bob Bobson',
      firstName: 'Bob',
      lastName: 'Bobson',
      phone,
      email: fields.email,
    });
  });

  it.each(['username', 'email', 'phone'])('refuses a second account with one %s', async (field) => {
    const first = form(freshName('carol'));
    expect((await ask('POST', url, { form: first })).status).toBe(200);
    const second = { ...form(freshName('carol')), [field]: first[field]!.replace('carol', 'Carol') };
    const { status, body } = await ask('POST', url, { form: second });
    expect([status, body.error]).toEqual([
      400,
      { code: 400, errors: { error: 'Some fileds are not unique' }, message: 'User error' },
    ]);
    const { username, password } = second;
    const signIn = await server.api('POST', '/sessions', { username, password });
    expect(signIn.status).toBe(field === 'username' ? 201 : 401);
  });

  it('refuses an address that somebody claims elsewhere without having proven it', async () => {
    const email = `${freshName('dave')}@example.com`;
    await server.signUp(freshName('dave'), { email });
    expect((await register({ email })).body.error.message).toBe('User error');
  });

  it.each<[string, (fields: Record<string, string>) => RawRequest]>([
    ['JSON', (fields) => ({ json: { ...fields, phone: Number(fields.phone) } })],
    [
      'JSON that says nothing of its type',
      (fields) => ({ body: JSON.stringify(fields), headers: { 'Content-Type': 'text/plain' } }),
    ],
    [
      'a form of several parts',
      (fields) => {
        const data = new FormData();
        for (const [name, value] of Object.entries(fields)) data.set(name, value);
        return { body: data };
      },
    ],
  ])('takes %s, too', async (_what, request) => {
    const fields = { ...form(freshName('erin')), phone: String(Date.now()) };
    const { status, body } = await ask('POST', url, request(fields));
    expect([status, body.data[0].phone_number]).toEqual([200, fields.phone]);
  });

  it.each<[string, RawRequest, number]>([
    ['half a JSON', { body: '{"username":', headers: { 'Content-Type': 'application/json' } }, 400],
    ['a list', { json: [] }, 400],
    ['fields that are objects', { json: { username: { $ne: '' }, password: ['x'] } }, 400],
    ['a prototype', { body: '{"__proto__": {"username": "x"}}' }, 400],
    [
      'a broken form of several parts',
      { body: 'x', headers: { 'Content-Type': 'multipart/form-data; boundary=y' } },
      400,
    ],
    ['bytes', { body: new Uint8Array([0, 255, 254, 128]) }, 400],
    ['more than it may be', { form: { username: 'x'.repeat(70_000) } }, 413],
  ])('answers %s with the envelope', async (_what, request, status) => {
    const answer = await ask('POST', url, request);
    expect([answer.status, answer.body]).toEqual([
      status,
      {
        status: 'fail',
        data: [],
        error: {
          code: status,
          errors: expect.any(Object),
          message: expect.stringMatching(/^(Form|User) error$/),
        },
        page: 1,
        per_page: 10,
        current_page: 0,
      },
    ]);
  });

  it('answers what is no route, and a route’s other methods, with the envelope', async () => {
    for (const [method, path, status] of [
      ['GET', '/api/nowhere', 404],
      ['GET', '/api/register/', 404],
      ['GET', '', 404],
      ['GET', '/api/register', 405],
      ['PATCH', '/api/auth_token', 405],
    ] as const) {
      const answer = await ask(method, `${server.url}/chatable${path}`);
      expect([answer.status, answer.body.error.code, answer.body.data]).toEqual([status, status, []]);
    }
  });

  it('tells named origins that its header may be sent, and others nothing', async () => {
    const preflight = (origin: string) =>
      ask('OPTIONS', url, {
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'clientid',
        },
      });
    const { headers } = await preflight('https://app.example');
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(headers.get('access-control-allow-headers')).toContain('ClientID');
    expect((await preflight('https://evil.example')).headers.has('access-control-allow-origin')).toBe(false);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { clientWith, form, freshName } from './client.ts';

const LIMITS = 'sign-up.address=2/h,sign-in.address=1/h,message.account=1/s,join.account=2/h';

describe('who overdoes it by chatable', () => {
  let server: TestServer;
  let url: string;
  beforeAll(async () => {
    server = await startTestServer({ config: { rates: readConfig({ LIMITS }).rates } });
    url = `${server.url}/chatable`;
  });
  afterAll(() => server.stop());

  it('is refused in its form, with the time to wait, but written messages only wait', async () => {
    const [bobs, alices] = [form(freshName('bob')), form(freshName('alice'))];
    const [bob, alice] = await Promise.all(
      [bobs, alices].map(async (fields) => {
        const { body } = await ask('POST', `${url}/api/register`, { form: fields });
        return clientWith(url, fields.username!, body.data[0].token);
      }),
    );
    await ask('POST', `${url}/api/auth_token`, { form: { username: 'bob', password: 'x' } });
    for (const [path, fields] of [
      ['register', form(freshName('carol'))],
      ['auth_token', bobs],
    ] as const) {
      const { status, body, headers } = await ask('POST', `${url}/api/${path}`, { form: fields });
      expect([status, body.status, body.error.code]).toEqual([429, 'fail', 429]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(1_000);
    }

    const [his, hers] = [await bob!.connect(), await alice!.connect()];
    const sent = ['1', '2', '3', '4'];
    for (const message of sent) his.send({ recipient: alice!.username, message });
    await hers.until(() => hers.frames.length === sent.length);
    expect(hers.json.map(({ message }) => message)).toEqual(sent);

    await bob!.connect();
    const third = await RawSocket.refused(`${url}/api/ws?access_token=${bob!.token}`);
    expect([third.status, JSON.parse(third.body).error.code]).toEqual([429, 429]);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(1_000);
  });
});

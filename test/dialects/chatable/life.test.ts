import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { ask } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { form, freshName, sign } from './client.ts';

const KEY = /^[A-Z2-7]{52}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,8}[1-9])?Z$/;

/** Everything by raw requests, in the order in which a client comes to need it. */
describe('a chatable client’s life', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ config: { dialectPorts: { chatable: 0 } } });
  });
  afterAll(() => server.stop());

  it.each(['the main port', 'its own port'])(
    'goes from registering over writing and reading to signing out, on %s',
    async (where) => {
      const url = where === 'the main port' ? `${server.url}/chatable` : server.ownUrl('chatable');
      const [bob, alice] = [form(freshName('bob')), form(freshName('alice'))];
      const registration = await ask('POST', `${url}/api/register`, { form: bob });
      expect([registration.status, registration.headers.get('content-type')]).toEqual([
        200,
        'application/json; charset=utf-8',
      ]);
      expect(registration.body).toEqual({
        status: 'success',
        data: [
          {
            first_name: 'Bob',
            last_name: 'Bobson',
            username: bob.username,
            email: bob.email,
            phone_number: bob.phone,
            token: {
              access_key_id: expect.stringMatching(KEY),
              secret_access_key: expect.stringMatching(KEY),
              refresh_token: expect.stringMatching(KEY),
              created_at: expect.stringMatching(TIME),
              expires_at: expect.stringMatching(TIME),
              modified_at: expect.stringMatching(TIME),
              is_refreshable: true,
            },
          },
        ],
        error: { code: 200, errors: null, message: '' },
        page: 1,
        per_page: 10,
        current_page: 1,
      });
      await ask('POST', `${url}/api/register`, { form: alice });

      const bobs = sign(registration.body.data[0].token, {});
      const signIn = await ask('POST', `${url}/api/auth_token`, {
        form: { username: alice.username!, password: alice.password! },
      });
      const [keys] = signIn.body.data;
      expect(signIn.body).toMatchObject({ status: 'success', current_page: 1, error: { code: 200 } });
      expect(Date.parse(keys.expires_at) - Date.parse(keys.created_at)).toBe(30 * 24 * 60 * 60 * 1_000);
      const alices = sign(keys, {});

      const inbox = `${url}/api/inbox`;
      const asAlice = { headers: { Authorization: `BEARER ${alices}` } };
      const empty = await ask('GET', inbox, asAlice);
      expect(empty.body).toEqual({
        status: 'success',
        data: [],
        error: { code: 200, errors: null, message: '' },
        page: 1,
        per_page: 10,
        current_page: 0,
      });

      const phone = await RawSocket.open(`${url}/api/ws`, asAlice);
      const desk = await RawSocket.open(`${url}/api/ws?access_token=${alices}`);
      const other = await RawSocket.open(`${url}/api/ws?access_token=${bobs}`);
      phone.send({ author: alice.username, recipient: bob.username, message: 'Hi bob' });
      expect(await other.next()).toMatchObject({ message: 'Hi bob' });
      other.send({ author: bob.username, recipient: alice.username, message: 'hello' });
      for (const socket of [phone, desk]) {
        expect(await socket.next()).toEqual({
          author: bob.username,
          recipient: alice.username,
          message: 'hello',
          message_type: 0,
          created_at: expect.stringMatching(TIME),
        });
      }

      const threads = await ask('GET', inbox, asAlice);
      expect(threads.body.data).toEqual([
        {
          author_username: bob.username,
          created_at: phone.json[0].created_at,
          latest_message: 'hello',
          with_username: bob.username,
          unread: 1,
        },
      ]);
      const thread = await ask('GET', `${url}/api/thread/${bob.username}`, asAlice);
      expect(thread.body).toMatchObject({ page: 1, per_page: 10, current_page: 2 });
      expect(thread.body.data).toEqual([phone.json[0], other.json[0]]);

      const signOut = await ask('DELETE', `${url}/api/auth_token`, asAlice);
      expect(signOut.body).toEqual(empty.body);
      await Promise.all([phone.closed, desk.closed]);
      expect((await ask('GET', inbox, asAlice)).status).toBe(401);
      // The keys of her registration are another session’s.
      expect(other.isOpen).toBe(true);
      await other.close();
    },
  );
});

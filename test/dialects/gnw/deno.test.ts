import { rm } from 'node:fs/promises';
import io from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataDir } from '../../support/data-dir.ts';
import { DENO, type ServerProcess, startProcess } from '../../support/server-process.ts';
import { ask } from '../support/raw-fetch.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { befriend, PASSWORD, signUp } from './people.ts';

describe('GNW under Deno, where things are limited', () => {
  let dataDir: string;
  let server: ServerProcess;
  let root: string;
  beforeAll(async () => {
    dataDir = await createDataDir();
    const LIMITS = 'message.account=3/h,sign-in.address=2/h,friend-request.account=2/h';
    server = await startProcess({ DATA_DIR: dataDir, LIMITS }, DENO);
    root = `${server.url}/gnw`;
  });
  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('carries messages by each transport, as many as the rate allows', async () => {
    const [alice, bob] = [await signUp(root, 'alice'), await signUp(root, 'bob')];
    const cId = await befriend(alice, bob);
    const bobs = await RawSocket.open(`${root}/ws?token=${bob.token}`);
    const answers: unknown[] = [];
    for (const transports of [['polling'], ['websocket'], ['polling', 'websocket'], ['websocket']]) {
      const client = io(server.url, { path: '/gnw/socket.io', transports, forceNew: true, forceNode: true });
      client.emit('connection', { token: alice.token });
      const message = { type: 'text', payload: transports.join() };
      const answer: any = await new Promise((resolve) =>
        client.emit('chatMessage', { cId, message }, resolve),
      );
      answers.push(answer.status);
      if (answer.status === 200) await bobs.find(({ data }) => data?.payload === transports.join());
      client.close();
    }
    expect(answers).toEqual([200, 200, 200, 429]);
    await bobs.close();
  });

  it('says when to come again to whoever asks too often', async () => {
    const carol = await signUp(root, 'carol');
    const json = { username: carol.username, password: PASSWORD };
    const login = () => ask('POST', `${root}/login`, { json });
    expect([(await login()).status, (await login()).status]).toEqual([200, 200]);
    for (const limited of [await login(), await asked(3)]) {
      expect([limited.status, limited.body]).toEqual([429, { error: expect.any(String) }]);
      expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    }

    async function asked(times: number) {
      for (let n = 1; n < times; n += 1) await carol.post('/addFriend', { friend_username: 'nobody' });
      return carol.post('/addFriend', { friend_username: 'nobody' });
    }
  });
});

import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdConversation } from '../support/conversation.ts';
import { createDataDir } from '../support/data-dir.ts';
import { DENO, type ServerProcess, startProcess } from '../support/server-process.ts';

describe('the server under Deno', () => {
  let dataDir: string;
  let server: ServerProcess;

  beforeAll(async () => {
    dataDir = await createDataDir();
    server = await startProcess({ DATA_DIR: dataDir }, DENO);
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('holds a whole conversation with SDK clients, stops when asked and leaves its data to Node', async () => {
    const { bob, dialog } = await holdConversation(server.url);
    const signUp = await fetch(`${server.url}/api/v1/accounts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'carol', password: 'a long enough phrase' }),
    });
    expect(signUp.status).toBe(201);
    expect(await server.stop()).toBe(0);
    const underNode = await startProcess({ DATA_DIR: dataDir });
    try {
      const response = await fetch(`${underNode.url}/api/v1/conversations/${dialog}/messages`, {
        headers: { authorization: `Bearer ${bob.token}` },
      });
      expect(await response.json()).toMatchObject({ items: { length: 3 } });
    } finally {
      expect(await underNode.stop()).toBe(0);
    }
  });
});

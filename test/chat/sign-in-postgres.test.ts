import { describe, expect, it } from 'vitest';
import { SIGN_IN_DELAYS } from '../../src/chat/limits.ts';
import { parseRates } from '../../src/chat/rates.ts';
import { signIn } from '../../src/chat/sign-in.ts';
import { openCore } from '../support/core.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { signInFacts } from './sign-in-facts.ts';

signInFacts('PostgreSQL');

describe('signing in at several nodes', () => {
  it('is counted by all of them together', async () => {
    const options = { databaseUrl: await createTestDatabase(), rates: parseRates('')! };
    const nodes = [await openCore('PostgreSQL', options), await openCore('PostgreSQL', options)];
    const input = { username: 'alice', password: 'a guess', device: '', address: '203.0.113.7' };
    for (let n = 0; n <= SIGN_IN_DELAYS.pair.free; n++) {
      await expect(signIn(nodes[n % 2]!.chat, input)).rejects.toMatchObject({ code: 'wrong_credentials' });
    }
    for (const { chat } of nodes) {
      await expect(signIn(chat, input)).rejects.toMatchObject({ code: 'rate_limited' });
    }
    for (const node of nodes) await node.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../../src/chat/create-account.ts';
import { prolongSessionToken } from '../../src/chat/prolong-session-token.ts';
import { addSessionToken, findSessionToken } from '../../src/chat/session-tokens.ts';
import { newToken } from '../../src/chat/tokens.ts';
import { query } from '../../src/entities/database.ts';
import { type Core, openCore } from '../support/core.ts';

const WEEK = 7 * 24 * 60 * 60;
const DAY_MS = 24 * 60 * 60 * 1_000;

describe('a token whose time counts from its last use', () => {
  let core: Core;
  beforeAll(async () => {
    core = await openCore('PGlite');
  });
  afterAll(() => core.close());

  async function signedIn(): Promise<{ token: string; sessionId: string }> {
    const token = newToken();
    const { session } = await createAccount(core.chat, {
      ...{ username: `alice-${crypto.randomUUID()}`, email: null, password: 'x', device: '' },
      terms: {
        lastsSeconds: WEEK,
        alongside: (em, { id: sessionId, expiresAt }) =>
          addSessionToken(em, { kind: 'test', token, sessionId, expiresAt }),
      },
    });
    return { token, sessionId: session.id };
  }

  /** As if it had been used last so many days ago. */
  async function rest(sessionId: string, days: number): Promise<void> {
    for (const table of ['session where id', 'session_token where session_id']) {
      const [name, condition] = table.split(' where ');
      await query(
        core.chat.database.em.fork(),
        `update ${name} set expires_at = expires_at - $2 * interval '1 day',
           created_at = created_at - $2 * interval '1 day' where ${condition} = $1`,
        [sessionId, days],
      );
    }
  }

  const find = (token: string) => findSessionToken(core.chat, 'test', token);

  it('lasts as long again as at first once some of its time has gone, and its session, too', async () => {
    const { token, sessionId } = await signedIn();
    expect(await prolongSessionToken(core.chat, (await find(token))!, WEEK)).toBe(false);
    await rest(sessionId, 6);
    const found = (await find(token))!;
    expect(await prolongSessionToken(core.chat, found, WEEK)).toBe(true);
    expect(found.token.expiresAt.getTime() - Date.now()).toBeCloseTo(7 * DAY_MS, -6);
    // Once is enough for a while.
    expect(await prolongSessionToken(core.chat, found, WEEK)).toBe(false);
    await rest(sessionId, 6);
    expect(await find(token)).toBeDefined();
  });

  it('is nothing after its time, and is not called back', async () => {
    const { token, sessionId } = await signedIn();
    const found = (await find(token))!;
    await rest(sessionId, 8);
    expect(await find(token)).toBeUndefined();
    await query(core.chat.database.em.fork(), 'update session set revoked_at = now() where id = $1', [
      sessionId,
    ]);
    found.token.expiresAt = new Date(0);
    expect(await prolongSessionToken(core.chat, found, WEEK)).toBe(false);
  });

  it('ends with what any session may have in all, however often it is used', async () => {
    const { token, sessionId } = await signedIn();
    for (let day = 0; day < 180; day += 6) {
      await rest(sessionId, 6);
      const found = await find(token);
      if (found) await prolongSessionToken(core.chat, found, WEEK);
    }
    await rest(sessionId, 1);
    expect(await find(token)).toBeUndefined();
  });
});

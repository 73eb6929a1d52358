import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../../../src/chat/create-account.ts';
import { BLACKLIST, ROTATE, Tokens } from '../../../src/http/dialects/chat-project/tokens.ts';
import { type Core, openCore } from '../../support/core.ts';
import { PASSWORD } from './support.ts';

describe('refreshing', () => {
  let core: Core;
  let people = 0;

  beforeAll(async () => {
    core = await openCore('PGlite');
  });
  afterAll(() => core.close());

  /** Somebody who has just signed up where these switches are on. */
  async function signUp(...switches: string[]) {
    const tokens = new Tokens(core.chat, new Set(switches));
    const { terms, tokens: pair } = tokens.newPair();
    people += 1;
    const account = { username: `alice-${people}`, email: null, password: PASSWORD, device: 'chat-project' };
    const { session } = await createAccount(core.chat, { ...account, terms });
    return { tokens, pair, sessionId: session.id };
  }

  it('answers an access token only, as long as nothing else is switched on', async () => {
    for (const switches of [[], [BLACKLIST]]) {
      const { tokens, pair } = await signUp(...switches);
      for (let round = 0; round < 2; round += 1) {
        const { access, ...rest } = await tokens.refresh(pair.refresh, undefined);
        expect(rest).toEqual({});
        expect(await tokens.find('access', access)).toBeDefined();
      }
      expect(await tokens.find('access', pair.access)).toBeDefined();
    }
  });

  it('answers another refresh token of the same session, and leaves the old one, where they rotate', async () => {
    const { tokens, pair, sessionId } = await signUp(ROTATE);
    const next = await tokens.refresh(pair.refresh, undefined);
    expect(next.refresh).not.toBe(pair.refresh);
    for (const refresh of [pair.refresh, next.refresh])
      expect((await tokens.find('refresh', refresh))?.caller.sessionId).toBe(sessionId);
  });

  it('ends the old one where it is blacklisted too, also for whoever comes at the same moment', async () => {
    const { tokens, pair } = await signUp(ROTATE, BLACKLIST);
    const both = await Promise.allSettled([1, 2].map(() => tokens.refresh(pair.refresh, undefined)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await tokens.find('refresh', pair.refresh)).toBeUndefined();
    const won = both.find((each) => each.status === 'fulfilled')!;
    const again = await tokens.refresh(won.value.refresh!, undefined);
    expect(await tokens.find('access', again.access)).toBeDefined();
    await expect(tokens.refresh(pair.access, undefined)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

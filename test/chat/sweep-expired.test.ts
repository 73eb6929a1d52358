import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { issueChallenge } from '../../src/chat/challenges.ts';
import { Challenge } from '../../src/entities/challenge.ts';
import { type Core, openCore } from '../support/core.ts';

describe('challenges that nobody answers', () => {
  let core: Core;
  beforeAll(async () => {
    core = await openCore('PostgreSQL');
  });
  afterAll(() => core.close());
  afterEach(() => vi.useRealTimers());

  it('are gone when others are asked after their time, and not before', async () => {
    const em = core.chat.database.em.fork();
    const issue = () => issueChallenge(em, { purpose: 'passkey-sign-in', userId: null });
    for (const _ of [1, 2, 3]) await issue();
    expect(await em.count(Challenge)).toBe(3);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * 60_000 });
    await issue();
    expect(await em.count(Challenge)).toBe(1);
  });

  it('do not make one transaction that removes them wait for another', async () => {
    const alice = await core.person('alice');
    const ask = { purpose: 'second-factor', userId: alice } as const;
    const { em } = core.chat.database;
    await issueChallenge(em.fork(), ask);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 20 * 60_000 });
    await em.fork().transactional(async (first) => {
      await issueChallenge(first, ask);
      // Would wait for the end of this very transaction if it wanted the same rows.
      await em.fork().transactional((second) => issueChallenge(second, ask));
    });
    expect(await em.fork().count(Challenge, { userId: alice })).toBe(2);
  });
});

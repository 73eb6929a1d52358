import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Chat } from '../../src/chat/chat.ts';
import { endSession } from '../../src/chat/end-session.ts';
import { KeyRing } from '../../src/chat/key-ring.ts';
import { USE_NOTED_EVERY_MS } from '../../src/chat/limits.ts';
import { renewSessionTokens } from '../../src/chat/renew-session-tokens.ts';
import { addSessionToken, findSessionToken, openSealed, sealFor } from '../../src/chat/session-tokens.ts';
import { createGuest } from '../../src/chat/sign-up.ts';
import { newToken } from '../../src/chat/tokens.ts';
import { Vault } from '../../src/chat/vault.ts';
import { query } from '../../src/entities/database.ts';
import type { Session } from '../../src/entities/session.ts';
import { type Core, openCore } from '../support/core.ts';

const KIND = 'wire';
const HOUR = 60 * 60;

describe('the tokens of an older wire', () => {
  let core: Core;
  let chat: Chat;
  beforeAll(async () => {
    core = await openCore('PGlite');
    chat = core.chat;
  });
  afterAll(() => core.close());

  interface Opened {
    readonly session: Session;
    readonly token: string;
  }

  /** `lastsSeconds` below zero for one that has ended already. */
  async function signIn(lastsSeconds = HOUR, vault: Vault = chat.vault): Promise<Opened> {
    const token = newToken();
    let session: Session | undefined;
    await createGuest(chat, {
      device: 'test',
      terms: {
        async alongside(em, opened) {
          session = opened;
          const expiresAt = new Date(Date.now() + lastsSeconds * 1_000);
          const sealed = sealFor({ vault }, token, 'a secret');
          await addSessionToken(em, { kind: KIND, token, sessionId: opened.id, expiresAt, sealed });
        },
      },
    });
    return { session: session!, token };
  }

  const find = (token: string | undefined, kind = KIND) => findSessionToken(chat, kind, token);

  it('stand for their session, by their kind only, until they or the session end', async () => {
    const { session, token } = await signIn();
    const { userId, id: sessionId } = session;
    expect(await find(token)).toMatchObject({ caller: { userId, sessionId } });
    for (const [given, kind] of [
      [token, 'another wire'],
      [newToken(), KIND],
      [undefined, KIND],
    ] as const)
      expect(await find(given, kind)).toBeUndefined();
    expect(await find((await signIn(-1)).token)).toBeUndefined();
    await endSession(chat, { userId, sessionId }, sessionId);
    expect(await find(token)).toBeUndefined();
  });

  it('do not count as used until they are proven', async () => {
    const { session, token } = await signIn();
    const longAgo = new Date(Date.now() - 2 * USE_NOTED_EVERY_MS);
    await query(chat.database.em, 'update session set last_used_at = $2 where id = $1', [
      session.id,
      longAgo,
    ]);
    const lastUse = async (): Promise<number> => {
      const sql = 'select extract(epoch from last_used_at)::float8 * 1000 as ms from session where id = $1';
      return (await query<{ ms: number }>(chat.database.em, sql, [session.id]))[0]!.ms;
    };
    const unproven = { isProven: async () => false };
    expect(await findSessionToken(chat, KIND, token, unproven)).toBeUndefined();
    expect(await lastUse()).toBeCloseTo(longAgo.getTime(), -1);
    expect(await findSessionToken(chat, KIND, token, { isProven: async () => true })).toBeDefined();
    expect(await lastUse()).toBeGreaterThan(longAgo.getTime() + USE_NOTED_EVERY_MS);
  });

  it('keep their secret over a change of the server’s, once they were used', async () => {
    const [old, current] = [randomBytes(32), randomBytes(32)];
    const { token } = await signIn(HOUR, new Vault(new KeyRing(old)));
    const opened = async (...secrets: [Buffer, ...Buffer[]]): Promise<string | undefined> => {
      const vault = new Vault(new KeyRing(secrets[0], secrets.slice(1)));
      return openSealed({ database: chat.database, vault }, (await find(token))!.token);
    };
    expect(await opened(current)).toBeUndefined();
    expect(await opened(current, old)).toBe('a secret');
    expect(await opened(current)).toBe('a secret');
    expect(await opened(old)).toBeUndefined();
  });

  it('open nothing that was sealed for another token', async () => {
    const [hers, his] = [await signIn(), await signIn()];
    const { sealed } = (await find(hers.token))!.token;
    const moved = { ...(await find(his.token))!.token, sealed } as never;
    expect(await openSealed(chat, moved)).toBeUndefined();
  });

  describe('are renewed', () => {
    const renew = async (token: string | undefined, kind = KIND): Promise<Opened> => {
      const next = newToken();
      const session = await renewSessionTokens(chat, {
        ...{ kind, token },
        terms: {
          lastsSeconds: HOUR,
          async alongside(em, { id: sessionId, expiresAt }) {
            await addSessionToken(em, { kind: KIND, token: next, sessionId, expiresAt });
          },
        },
      });
      return { session, token: next };
    };

    it('for the same session, and all those before end', async () => {
      const first = await signIn();
      const second = await renew(first.token);
      expect(second.session.id).toBe(first.session.id);
      expect(await find(first.token)).toBeUndefined();
      expect(await find(second.token)).toBeDefined();
      const ends = second.session.expiresAt.getTime() - second.session.lastUsedAt.getTime();
      expect(ends).toBe(HOUR * 1_000);
    });

    it('once, by whoever comes first', async () => {
      const { token } = await signIn();
      const outcomes = await Promise.allSettled([renew(token), renew(token), renew(token)]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(renew(token)).rejects.toMatchObject({ code: 'unauthenticated' });
      const [good] = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(await find(good!.token)).toBeDefined();
    });

    it('by no token that has ended, is of another kind, or is none', async () => {
      const { session, token } = await signIn();
      await expect(renew(token, 'another wire')).rejects.toMatchObject({ code: 'unauthenticated' });
      await expect(renew(undefined)).rejects.toMatchObject({ code: 'unauthenticated' });
      await expect(renew((await signIn(-1)).token)).rejects.toMatchObject({ code: 'unauthenticated' });
      expect(await find(token)).toBeDefined();
      await endSession(chat, { userId: session.userId, sessionId: session.id }, session.id);
      await expect(renew(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    });
  });
});

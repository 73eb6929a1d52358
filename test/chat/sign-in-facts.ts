import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authenticate } from '../../src/chat/authenticate.ts';
import type { Chat } from '../../src/chat/chat.ts';
import { deleteMe } from '../../src/chat/delete-me.ts';
import { SIGN_IN_DELAYS } from '../../src/chat/limits.ts';
import { Passwords } from '../../src/chat/passwords.ts';
import { parseRates } from '../../src/chat/rates.ts';
import { signIn } from '../../src/chat/sign-in.ts';
import { signUp } from '../../src/chat/sign-up.ts';
import { query } from '../../src/entities/database.ts';
import { type Core, type DatabaseKind, openCore } from '../support/core.ts';

const PASSWORD = 'correct horse battery';
const HOME = '203.0.113.7';
const OFFICE = '2001:db8:1:2::9';

/** Guessing is made slow, and nobody can be shut out by others' guessing. */
export function signInFacts(kind: DatabaseKind): void {
  describe(`signing in with ${kind}`, { timeout: 60_000 }, () => {
    let core: Core;
    let chat: Chat;
    let alice: string;
    let deviceToken: string;
    let strangers = 0;
    beforeAll(async () => {
      core = await openCore(kind, { rates: parseRates('')! });
      // Real hashing takes its time, and the delays are measured here.
      const passwords = {
        hash: async (text: string) => text,
        verify: async (a: string, b: string) => a === b,
      };
      chat = {
        ...core.chat,
        passwords: Object.assign(new Passwords(), passwords, { isOutdated: () => false }),
      };
    });
    afterAll(() => core.close());
    beforeEach(async () => {
      alice = `alice-${randomUUID().slice(0, 8)}`;
      const input = { username: alice, password: PASSWORD, device: 'phone', address: HOME };
      ({ deviceToken } = await signUp(chat, input));
      await query(chat.database.em.fork(), 'delete from sign_in_delay', []);
    });

    const stranger = () => `198.51.100.${++strangers % 250}`;
    const attempt = (address: string, password = PASSWORD, more: { deviceToken?: string } = {}) =>
      signIn(chat, { username: alice, password, device: '', address, ...more });
    const fails = (address: string, more: { deviceToken?: string } = {}) =>
      expect(attempt(address, 'wrong horse battery', more)).rejects.toMatchObject({
        code: 'wrong_credentials',
      });
    const hasToWait = async (attempted: Promise<unknown>): Promise<number> => {
      const refusal = await attempted.then(
        () => ({ code: 'signed in', retryAfter: 0 }),
        (error: unknown) => error as { code: string; retryAfter: number },
      );
      expect(refusal.code).toBe('rate_limited');
      return refusal.retryAfter;
    };
    /** Everything that was counted was counted so much earlier. */
    const pass = (seconds: number) =>
      query(
        chat.database.em.fork(),
        `update sign_in_delay set not_before = not_before - $1::float8 * interval '1 s',
           forget_at = forget_at - $1::float8 * interval '1 s'`,
        [seconds],
      );
    /** As many failures as are free, and one that is not. */
    const exhaust = async (delay: { free: number }, fail: () => Promise<unknown>): Promise<void> => {
      for (let n = 0; n <= delay.free; n++) await fail();
    };

    it('is refused for longer and longer after some failures, the right password too', async () => {
      await exhaust(SIGN_IN_DELAYS.pair, () => fails(OFFICE));
      expect(await hasToWait(attempt(OFFICE))).toBe(1);
      for (const seconds of [2, 4, 8]) {
        await pass(seconds / 2);
        await fails(OFFICE);
        expect(await hasToWait(attempt(OFFICE))).toBe(seconds);
      }
      await pass(8);
      await expect(attempt(OFFICE)).resolves.toMatchObject({ user: { username: alice } });
    });

    it('waits a quarter of an hour at the most, and forgets failures that are long past', async () => {
      await exhaust(SIGN_IN_DELAYS.pair, () => fails(OFFICE));
      await query(chat.database.em.fork(), 'update sign_in_delay set failures = 500', []);
      await pass(1);
      await fails(OFFICE);
      expect(await hasToWait(attempt(OFFICE))).toBe(15 * 60);
      await pass(24 * 60 * 60);
      await fails(OFFICE);
      await fails(OFFICE);
    });

    it('starts afresh after the right password', async () => {
      for (let n = 0; n < SIGN_IN_DELAYS.pair.free; n++) await fails(OFFICE);
      await attempt(OFFICE);
      await exhaust(SIGN_IN_DELAYS.pair, () => fails(OFFICE));
      await hasToWait(attempt(OFFICE));
    });

    it('lets no more guesses through at the same moment than one after the other', async () => {
      const guesses = Array.from({ length: 20 }, (_, n) =>
        attempt(OFFICE, `guess ${n}`).catch(({ code }) => code),
      );
      const answers = await Promise.all(guesses);
      const checked = answers.filter((answer) => answer === 'wrong_credentials');
      expect(checked).toHaveLength(SIGN_IN_DELAYS.pair.free + 1);
      expect(answers.filter((answer) => answer === 'rate_limited')).toHaveLength(20 - checked.length);
    });

    it('treats a name that nobody has in the same way', async () => {
      const nobody = () =>
        signIn(chat, { username: 'nobody', password: PASSWORD, device: '', address: OFFICE });
      await exhaust(SIGN_IN_DELAYS.pair, () =>
        expect(nobody()).rejects.toMatchObject({ code: 'wrong_credentials' }),
      );
      expect(await hasToWait(nobody())).toBe(1);
    });

    it('keeps an address from going through many names', async () => {
      await attempt(OFFICE);
      await exhaust(SIGN_IN_DELAYS.address, async () => {
        const other = { username: randomUUID(), password: PASSWORD, device: '', address: '192.0.2.66' };
        await expect(signIn(chat, other)).rejects.toMatchObject({ code: 'wrong_credentials' });
      });
      await hasToWait(attempt('192.0.2.66'));
      // Whoever has been there before is not punished for the company.
      await attempt(OFFICE);
    });

    describe('when the whole world guesses at one name', () => {
      beforeEach(() => exhaust(SIGN_IN_DELAYS.name, () => fails(stranger())));

      it('brakes those who are new there, a little', async () => {
        expect(await hasToWait(attempt(OFFICE))).toBe(1);
        await query(chat.database.em.fork(), 'update sign_in_delay set failures = failures + 50', []);
        await pass(1);
        await fails(stranger());
        expect(await hasToWait(attempt(OFFICE))).toBeLessThanOrEqual(10);
      });

      it('lets the owner in, where they have signed in before', async () => {
        await expect(attempt(HOME)).resolves.toMatchObject({ user: { username: alice } });
      });

      it('lets the owner in anywhere, on a device that was signed in before', async () => {
        await expect(attempt(OFFICE, PASSWORD, { deviceToken })).resolves.toBeDefined();
        // And now they are known there.
        await expect(attempt('2001:db8:1:2::1')).resolves.toBeDefined();
      });

      it('does not take another person’s device, or a token that is for something else', async () => {
        const mallory = { username: `m-${randomUUID().slice(0, 8)}`, password: PASSWORD, device: '' };
        const { deviceToken: foreign, accessToken } = await signUp(chat, mallory);
        for (const token of [foreign, accessToken, 'nonsense', '']) {
          await hasToWait(attempt(stranger(), PASSWORD, { deviceToken: token }));
        }
      });
    });

    it('counts a known device for itself, and that one too has to wait', async () => {
      await exhaust(SIGN_IN_DELAYS.pair, () => fails(OFFICE));
      await hasToWait(attempt(OFFICE));
      await exhaust(SIGN_IN_DELAYS.device, () => fails(OFFICE, { deviceToken }));
      await hasToWait(attempt(OFFICE, PASSWORD, { deviceToken }));
      await hasToWait(attempt(HOME, PASSWORD, { deviceToken }));
    });

    it('forgets where somebody signed in when their account is deleted', async () => {
      const places = () =>
        query(chat.database.em.fork(), 'select 1 from known_place where user_id = $1', [user.id]);
      const { user, accessToken } = await attempt(OFFICE);
      expect(await places()).toHaveLength(2);
      await deleteMe(chat, await authenticate(chat, accessToken), { password: PASSWORD });
      expect(await places()).toHaveLength(0);
    });

    it('sweeps what is forgotten, and keeps no names or addresses', async () => {
      await fails(OFFICE);
      await pass(24 * 60 * 60);
      await fails(HOME);
      const rows = await query<object>(chat.database.em.fork(), 'select * from sign_in_delay', []);
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${alice}|203\\.0|2001`));
    });
  });
}

import { hash } from 'argon2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MAX_HASHES_AT_ONCE, MAX_HASHES_QUEUED } from '../../src/chat/limits.ts';
import { Passwords } from '../../src/chat/passwords.ts';

vi.mock('argon2', async (original) => ({ ...(await original<object>()), hash: vi.fn() }));

describe('hashing passwords', () => {
  afterEach(() => void vi.mocked(hash).mockReset());

  it('is done a few at a time; so many wait, and who comes then is told that it is busy', async () => {
    const gate = Promise.withResolvers<void>();
    let atOnce = 0;
    let most = 0;
    vi.mocked(hash).mockImplementation(async () => {
      most = Math.max(most, ++atOnce);
      await gate.promise;
      atOnce -= 1;
      return 'hashed';
    });
    const passwords = new Passwords();
    const room = MAX_HASHES_AT_ONCE + MAX_HASHES_QUEUED;
    const first = Array.from({ length: MAX_HASHES_AT_ONCE }, () => passwords.hash('secret'));
    await vi.waitFor(() => expect(hash).toHaveBeenCalledTimes(MAX_HASHES_AT_ONCE));
    const waiting = Array.from({ length: MAX_HASHES_QUEUED }, () => passwords.hash('secret'));
    await expect(passwords.hash('secret')).rejects.toMatchObject({ code: 'busy' });
    await expect(passwords.verify(undefined, 'secret')).rejects.toMatchObject({ code: 'busy' });
    expect(hash).toHaveBeenCalledTimes(MAX_HASHES_AT_ONCE);
    gate.resolve();
    expect(await Promise.all([...first, ...waiting])).toEqual(Array(room).fill('hashed'));
    expect(most).toBe(MAX_HASHES_AT_ONCE);
    expect(await passwords.hash('secret')).toBe('hashed');
  });
});

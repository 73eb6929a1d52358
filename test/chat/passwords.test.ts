import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MAX_HASHES_AT_ONCE, MAX_HASHES_QUEUED } from '../../src/chat/limits.ts';

describe('hashing passwords', () => {
  const hash = vi.fn<() => Promise<string>>();
  let Passwords: typeof import('../../src/chat/passwords.ts').Passwords;

  beforeAll(async () => {
    // Other files of this process have read it with the real one.
    vi.resetModules();
    vi.doMock('argon2', async (original) => ({ ...(await original<object>()), hash }));
    ({ Passwords } = await import('../../src/chat/passwords.ts'));
  });
  afterAll(() => {
    vi.doUnmock('argon2');
    vi.resetModules();
  });

  it('is done a few at a time; so many wait, and who comes then is told that it is busy', async () => {
    const gate = Promise.withResolvers<void>();
    let atOnce = 0;
    let most = 0;
    hash.mockImplementation(async () => {
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

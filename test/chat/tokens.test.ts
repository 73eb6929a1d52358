import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../src/chat/key-ring.ts';
import { Tokens } from '../../src/chat/tokens.ts';

describe('a token', () => {
  const [old, next] = [randomBytes(32), randomBytes(32)];
  const caller = { userId: randomUUID(), sessionId: randomUUID() };
  const by = (current: Uint8Array, ...others: Uint8Array[]) => new Tokens(new KeyRing(current, others));
  const headerOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString());

  it('names its key, and two keys are never one name', async () => {
    const [first, again, second] = await Promise.all(
      [by(old), by(old, next), by(next)].map((tokens) => tokens.issue('access', caller)),
    );
    expect(headerOf(first!).kid).toMatch(/^[\w-]{8}$/);
    expect(headerOf(again!).kid).toBe(headerOf(first!).kid);
    expect(headerOf(second!).kid).not.toBe(headerOf(first!).kid);
  });

  it('is understood in both directions while the secret is changed, and no longer than that', async () => {
    const [before, during, after] = [by(old, next), by(next, old), by(next)];
    for (const [from, to] of [
      [before, during],
      [during, before],
      [during, after],
    ] as const) {
      expect(await to.verify('access', await from.issue('access', caller))).toEqual(caller);
      expect(await to.read(await from.sign('a seat'))).toBe('a seat');
    }
    expect(await after.verify('access', await before.issue('access', caller))).toBeUndefined();
    expect(await after.read(await before.sign('a seat'))).toBeUndefined();
  });

  it('is good for its purpose only', async () => {
    const tokens = by(old);
    const access = await tokens.issue('access', caller);
    expect(await tokens.verify('access', access)).toEqual(caller);
    expect(await tokens.verify('monitor', access)).toBeUndefined();
    expect(await tokens.read(access)).toBeUndefined();
    expect(await tokens.verify('access', await tokens.sign(JSON.stringify(caller)))).toBeUndefined();
  });

  it('is nothing when it names a key that is not the one that signed it', async () => {
    const tokens = by(old);
    const { kid } = headerOf(await tokens.issue('access', caller));
    const forged = (key: Uint8Array, header: object) =>
      new SignJWT({ sid: caller.sessionId })
        .setProtectedHeader({ alg: 'HS256', ...header })
        .setIssuer('parlour')
        .setAudience('access')
        .setSubject(caller.userId)
        .setExpirationTime('1m')
        .sign(key);
    expect(await tokens.verify('access', await forged(old, { kid }))).toEqual(caller);
    expect(await tokens.verify('access', await forged(next, { kid }))).toBeUndefined();
    expect(await tokens.verify('access', await forged(old, { kid: 'another' }))).toBeUndefined();
    expect(await tokens.verify('access', await forged(old, {}))).toBeUndefined();
  });
});

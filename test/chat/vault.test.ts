import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../src/chat/key-ring.ts';
import { Vault } from '../../src/chat/vault.ts';

const [old, current] = [randomBytes(32), randomBytes(32)];

describe('the vault', () => {
  it('opens what it sealed, for the same owner only', () => {
    const vault = new Vault(new KeyRing(current));
    const sealed = vault.seal('totp', 'alice', 'a secret');
    expect(sealed).not.toContain(Buffer.from('a secret').toString('base64url'));
    expect(vault.seal('totp', 'alice', 'a secret')).not.toBe(sealed);
    expect(vault.open('totp', 'alice', sealed)).toEqual({ text: 'a secret', outdated: false });
    expect(vault.open('totp', 'bob', sealed)).toBeUndefined();
  });

  it('opens what the secret before has sealed, and says so', () => {
    const sealed = new Vault(new KeyRing(old)).seal('totp', 'alice', 'a secret');
    expect(new Vault(new KeyRing(current, [old])).open('totp', 'alice', sealed)).toEqual({
      text: 'a secret',
      outdated: true,
    });
    expect(new Vault(new KeyRing(current)).open('totp', 'alice', sealed)).toBeUndefined();
  });

  it('opens nothing that was changed or made up', () => {
    const vault = new Vault(new KeyRing(current));
    const sealed = Buffer.from(vault.seal('totp', 'alice', 'a secret'), 'base64url');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(vault.open('totp', 'alice', changed.toString('base64url'))).toBeUndefined();
    }
    for (const made of ['', 'short', 'x'.repeat(200)])
      expect(vault.open('totp', 'alice', made)).toBeUndefined();
  });
});

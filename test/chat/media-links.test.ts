import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyRing } from '../../src/chat/key-ring.ts';
import { MediaLinks, type SignedLink } from '../../src/chat/media/media-links.ts';

const HOUR_MS = 60 * 60 * 1_000;

describe('a link to a file', () => {
  const secret = randomBytes(32);
  const links = new MediaLinks(new KeyRing(secret));
  const id = randomUUID();
  const file = { id, name: 'a.png', type: 'image/png', size: 1, width: 1, height: 1 };

  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-01-01T11:00:00Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const parse = (url: string): SignedLink => {
    const query = new URL(url, 'http://localhost').searchParams;
    const size = query.get('size') === 'thumb' ? 'thumb' : 'full';
    return { size, expires: Number(query.get('expires')), signature: query.get('signature')! };
  };
  const full = () => parse(links.attachment(file).url);

  it('opens that file, in that size, and no other', () => {
    const link = full();
    expect(links.verify(id, link)).toBe(true);
    expect(links.verify(randomUUID(), link)).toBe(false);
    expect(links.verify(id, { ...link, size: 'thumb' })).toBe(false);
    const thumb = parse(links.attachment(file).thumbUrl!);
    expect(links.verify(id, thumb)).toBe(true);
    expect(links.verify(id, { ...thumb, size: 'full' })).toBe(false);
  });

  it('ends, which nobody can put off', () => {
    const link = full();
    vi.advanceTimersByTime(12 * HOUR_MS);
    expect(links.verify(id, link)).toBe(true);
    vi.advanceTimersByTime(12 * HOUR_MS);
    expect(links.verify(id, link)).toBe(false);
    expect(links.verify(id, { ...link, expires: link.expires + 100_000 })).toBe(false);
  });

  it('is the same for half a day, for browsers to know it again', () => {
    const link = full();
    vi.advanceTimersByTime(HOUR_MS / 2);
    expect(full()).toEqual(link);
    vi.advanceTimersByTime(HOUR_MS);
    expect(full()).not.toEqual(link);
  });

  it('is good on every node that knows the secret, also as the one before, and nowhere else', () => {
    expect(new MediaLinks(new KeyRing(secret)).verify(id, full())).toBe(true);
    expect(new MediaLinks(new KeyRing(randomBytes(32))).verify(id, full())).toBe(false);
    const changed = new KeyRing(randomBytes(32), [secret]);
    expect(new MediaLinks(changed).verify(id, full())).toBe(true);
    for (const signature of ['', 'A'.repeat(43), '!', full().signature.slice(1)])
      expect(links.verify(id, { ...full(), signature })).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { crash } from '../../bench/crash.ts';

describe('a server that is killed while everybody writes', () => {
  const nothingWrong = { lost: 0, doubled: 0, gaps: 0 };

  it('has every acknowledged message once, without a gap, on PostgreSQL', { timeout: 120_000 }, async () => {
    const report = await crash({ database: 'postgres', client: 'sdk', dialogs: 10, seconds: 1 });
    expect(report).toMatchObject(nothingWrong);
    expect(report.acknowledged).toBeGreaterThan(100);
  });

  it('has every acknowledged message once, without a gap, on PGlite', { timeout: 120_000 }, async () => {
    const report = await crash({ database: 'pglite', client: 'sdk', dialogs: 10, seconds: 1 });
    expect(report).toMatchObject(nothingWrong);
    expect(report.acknowledged).toBeGreaterThan(20);
  });
});

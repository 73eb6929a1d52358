import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has, V1 first. */
const REQUIREMENTS = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7];

describe('the page about security', () => {
  let page: string;
  let rows: string[];

  beforeAll(() => {
    page = readFileSync(join(root, 'docs/security.md'), 'utf8');
    rows = page.split('\n').filter((line) => /^\| \d+\.\d+\.\d+/.test(line));
  });

  it('says of every row that it is met or not met', () => {
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) expect(row.split('|')[3]).toMatch(/^ (?:not )?met\b/);
  });

  it('speaks of each requirement once, of levels 1 and 2 of every chapter', () => {
    const numbers = numbersIn(page.slice(page.indexOf('### V1 ')));
    expect(numbers).toEqual([...new Set(numbers)]);
    const counts = REQUIREMENTS.map(
      (_, index) => numbers.filter((number) => number.startsWith(`${index + 1}.`)).length,
    );
    expect(counts).toEqual(REQUIREMENTS);
  });

  it('names files that there are, and tests that are in them', () => {
    for (const row of rows) {
      let texts = '';
      for (const [, cited = ''] of row.matchAll(/`([^`]+)`/g)) {
        if (/^(?:test|src|docs)\//.test(cited)) texts = textOf(cited);
        else if (texts !== '' && cited.includes(' ')) expect(texts, row).toContain(cited);
      }
    }
  });
});

/** `1.2.3 to 1.2.5` stands for three. */
function numbersIn(text: string): string[] {
  return [...text.matchAll(/(?<![\d.])(\d+\.\d+)\.(\d+)(?: to \1\.(\d+))?(?![\d.]*\d)/g)].flatMap(
    ([, section, first, last = first]) =>
      Array.from({ length: Number(last) - Number(first) + 1 }, (_, n) => `${section}.${Number(first) + n}`),
  );
}

/** A file, or what is in a folder; of the hostile inputs' test its tables, too. */
function textOf(path: string): string {
  const full = join(root, path);
  if (!path.endsWith('.ts') && !path.endsWith('.md')) return readdirSync(full).join('\n');
  const tables = path === 'test/http/hostile.test.ts' ? join(root, 'test/support/hostile') : undefined;
  const files = tables ? readdirSync(tables).map((name) => join(tables, name)) : [];
  return [full, ...files].map((file) => readFileSync(file, 'utf8')).join('\n');
}

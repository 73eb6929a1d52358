import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { portVariable, prefixOf } from '../../src/http/dialects/dialect.ts';
import { dialects } from '../../src/http/dialects/index.ts';

const root = resolve(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the page about dialects', () => {
  it.each(dialects.map(({ name }) => name))('says where %s is, and what it does', (name) => {
    const page = text('docs/dialects.md');
    const row = page.split('\n').find((line) => line.startsWith(`| ${name} `));
    expect(row).toContain(`\`${prefixOf(name)}\``);
    expect(row).toContain(`\`${portVariable(name)}\``);
    expect(page).toMatch(new RegExp(`^## ${name}`, 'm'));
    expect(text('docs/configuration.md')).toContain(`| \`${portVariable(name)}\` |`);
    expect(existsSync(join(root, 'test/dialects', name))).toBe(true);
  });
});

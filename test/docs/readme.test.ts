import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const root = resolve(import.meta.dirname, '../..');

describe('the README', () => {
  let server: TestServer;
  let readme: string;

  beforeAll(async () => {
    server = await startTestServer();
    readme = await readFile(join(root, 'README.md'), 'utf8');
  });
  afterAll(() => server.stop());

  it('has an example of some thirty lines that runs as printed', async () => {
    const example = /```js\n([\s\S]*?)```/.exec(readme)![1]!;
    expect(example.trim().split('\n').length).toBeLessThan(45);
    // In the project's folder, because that is where `@colyseus/sdk` is found.
    const file = join(root, `readme-example-${process.pid}.mjs`);
    await writeFile(file, `${example}\nsetTimeout(() => process.exit(0), 1_000);\n`);
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [file], {
        env: { PATH: process.env.PATH, PARLOUR_URL: server.url },
      });
      expect(stdout.split('\n')).toEqual(
        expect.arrayContaining(['Bob reads: Hello Bob', '1: Hello Bob', '2: Hello Alice']),
      );
    } finally {
      await rm(file);
    }
  });

  it('names the commands that package.json has', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const named = [
      ...readme.matchAll(/npm (?:run )?(start|test:deno|test|check|bench|crash|cluster)\b/g),
    ].map((each) => each[1]!);
    expect(new Set(named)).toEqual(
      new Set(['start', 'test', 'test:deno', 'check', 'bench', 'crash', 'cluster']),
    );
    for (const name of named) expect(scripts).toHaveProperty([name]);
  });

  it('has a page of configuration that knows every variable and its default', async () => {
    const page = await readFile(join(root, 'docs/configuration.md'), 'utf8');
    const config = await readFile(join(root, 'src/config.ts'), 'utf8');
    const variables = [...config.matchAll(/^ {2}([A-Z_]+): /gm)].map((each) => each[1]!);
    expect(variables.length).toBeGreaterThan(10);
    for (const variable of variables) expect(page).toContain(`\`${variable}\``);
    const { port, positionCheckMs, leaseMs, drainMs, databasePool } = readConfig({});
    for (const value of [port, positionCheckMs, leaseMs, drainMs, databasePool])
      expect(page).toContain(`| ${value} |`);
  });
});

import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/support/closing-line.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Servers are started a hundred times, from sources that stay the same.
    env: { NODE_COMPILE_CACHE: resolve('node_modules/.cache/parlour-tests') },
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', new ClosingLine()],
    // Colyseus' matchmaker is one per process, and so is a server: the files of a process run one after the other,
    // and what they import is read once.
    pool: 'forks',
    isolate: false,
    // Much of what they do is waiting, but more of them at once would keep each other's nodes from renewing their leases.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

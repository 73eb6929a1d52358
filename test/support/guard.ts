import { spawn } from 'node:child_process';

export interface Guard {
  /** What it guards has ended well: nothing is left to do. */
  release(): void;
}

/**
 * A small shell that waits for the end of its standard input, which is the end of this process, however it ends
 * (a signal, a crash, `kill -9`). Then it runs its script, which finds the parameters in `$1`, `$2`, …
 */
export function guard(script: string, ...parameters: readonly string[]): Guard {
  // Detached: a Ctrl-C on the terminal must not end the guard before its work is done.
  const shell = spawn('sh', ['-c', `read -r word && exit 0\n${script}`, 'sh', ...parameters], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  // The pipe alone must not keep the process alive; its type hides that it is a socket.
  (shell.stdin as unknown as { unref(): void }).unref();
  return { release: () => shell.stdin.end('done\n') };
}

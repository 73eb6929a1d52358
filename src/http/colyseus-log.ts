import type { Log } from '../chat/log.ts';

/**
 * Colyseus prints a stack for whatever a room or a socket throws: a refusal of ours, a client that breaks the
 * protocol. Those are everyday; the rest is a fault.
 */
export function colyseusLog(log: Log) {
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (first: unknown) => {
    const text = first instanceof Error ? (first.stack ?? first.message) : String(first);
    const everyday =
      /^(ChatError|RangeError: (Max payload|Invalid WebSocket)|Max payload|Invalid WebSocket)/.test(text);
    log[everyday ? 'debug' : level]({ from: 'colyseus' }, text);
  };
  return {
    debug: write('debug'),
    trace: write('debug'),
    info: write('debug'),
    warn: write('warn'),
    error: write('error'),
  };
}

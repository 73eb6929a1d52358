import type { Dialect } from './dialect.ts';

export interface DialectEntry {
  readonly name: string;
  /** Variables that turn something on there which is off without them. */
  readonly switches?: readonly string[];
  /** Later, because whoever reads the configuration needs the names only. */
  readonly load: () => Promise<Dialect>;
}

/** One line for each; taking a dialect out is taking its line, its folder and its tests. */
export const dialects: readonly DialectEntry[] = [
  { name: 'chatable', load: async () => (await import('./chatable/chatable.ts')).chatable },
  { name: 'chatty', load: async () => (await import('./chatty/chatty.ts')).chatty },
  {
    name: 'chat-project',
    switches: ['CHAT_PROJECT_ROTATE_REFRESH_TOKENS', 'CHAT_PROJECT_BLACKLIST_AFTER_ROTATION'],
    load: async () => (await import('./chat-project/chat-project.ts')).chatProject,
  },
  { name: 'gmessenger', load: async () => (await import('./gmessenger/gmessenger.ts')).gmessenger },
  {
    name: 'gnw',
    switches: ['GNW_TOKEN_IN_BODY'],
    load: async () => (await import('./gnw/gnw.ts')).gnw,
  },
];

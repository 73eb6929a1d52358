import type { Chat } from '../../../chat/chat.ts';
import type { App } from '../../app.ts';
import type { Forms } from './bodies.ts';
import type { Tokens } from './tokens.ts';

/** What the routes are made of. */
export interface Face {
  readonly app: App;
  readonly chat: Chat;
  readonly tokens: Tokens;
  readonly forms: Forms;
  /** In front of all paths, in links too. */
  readonly base: string;
  /** Whether people reach us by https. */
  readonly secure: boolean;
}

/** What its sessions are called in the list of one's sessions. */
export const DEVICE = 'chat-project';

/** Paths that take a body with files in it; the others are read before anything is asked of them. */
const WITH_FILES: Readonly<Record<string, string>> = {
  '/api/users/signup': 'POST',
  '/api/signup': 'POST',
  '/api/users/profile': 'PATCH',
  '/api/profile': 'PATCH',
  '/api/messages/friendship': 'POST',
};

export function takesFiles(method: string, path: string): boolean {
  return WITH_FILES[path.replace(/\/$/, '')] === method;
}

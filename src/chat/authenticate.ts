import { Session } from '../entities/session.ts';
import type { Chat } from './chat.ts';
import { ChatError } from './errors.ts';
import { noteUse } from './note-use.ts';
import type { TokenPurpose } from './tokens.ts';

/** Who asks, and by which of their sessions. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
}

export interface Authentication {
  readonly purpose?: TokenPurpose;
  /** Where they ask from. */
  readonly address?: string | undefined;
}

/** The token must be ours and unexpired, and its session must not have ended since. */
export async function authenticate(
  chat: Pick<Chat, 'database' | 'tokens' | 'securityLog'>,
  token: string | undefined,
  { purpose = 'access', address }: Authentication = {},
): Promise<Caller> {
  const caller = token === undefined ? undefined : await chat.tokens.verify(purpose, token);
  const session = caller && (await chat.database.em.fork().findOne(Session, caller.sessionId));
  if (!session?.isLive(new Date()) || session.userId !== caller?.userId) {
    if (token !== undefined) chat.securityLog.tokenRefused({ ...caller, address }, purpose);
    throw new ChatError('unauthenticated', 'sign in first');
  }
  await noteUse(chat, session, address);
  return caller;
}

import { randomBytes } from 'node:crypto';
import type { Chat } from '../../../chat/chat.ts';
import { SESSION_DAYS } from '../../../chat/limits.ts';
import type { SessionTerms } from '../../../chat/open-session.ts';
import { addSessionToken, sealFor } from '../../../chat/session-tokens.ts';
import type { Session } from '../../../entities/session.ts';
import { wireTime } from './envelope.ts';

export const ACCESS_KEY = 'chatable access key';
export const REFRESH_TOKEN = 'chatable refresh token';

const DAY_SECONDS = 24 * 60 * 60;
const KEY_DAYS = 30;
const KEY_BYTES = 32;

/** A key pair as its owner is told it, once: with the secret one the client signs its own tokens. */
export interface KeysView {
  readonly access_key_id: string;
  readonly secret_access_key: string;
  readonly refresh_token: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly modified_at: string;
  readonly is_refreshable: true;
}

export interface NewKeys {
  /** The session outlives the keys, so that there is something to refresh when they have ended. */
  readonly terms: Required<SessionTerms>;
  /** Of the session that was opened, or renewed, on these terms. */
  view(session: Session): KeysView;
}

export function makeKeys(chat: Pick<Chat, 'vault'>): NewKeys {
  const [accessKey, secret, refreshToken] = [newKey(), newKey(), newKey()];
  return {
    terms: {
      lastsSeconds: SESSION_DAYS * DAY_SECONDS,
      async alongside(em, session) {
        const sealed = sealFor(chat, accessKey, secret);
        const { id: sessionId, expiresAt } = session;
        const key = { kind: ACCESS_KEY, token: accessKey, sealed };
        await addSessionToken(em, { ...key, sessionId, expiresAt: keysEnd(session) });
        await addSessionToken(em, { kind: REFRESH_TOKEN, token: refreshToken, sessionId, expiresAt });
      },
    },
    view(session) {
      const now = wireTime(session.lastUsedAt.toISOString());
      return {
        access_key_id: accessKey,
        secret_access_key: secret,
        refresh_token: refreshToken,
        created_at: now,
        expires_at: wireTime(keysEnd(session).toISOString()),
        modified_at: now,
        is_refreshable: true,
      };
    },
  };
}

/** Both a new session and a renewed one were used last just now. */
function keysEnd({ lastUsedAt, expiresAt }: Session): Date {
  return new Date(Math.min(lastUsedAt.getTime() + KEY_DAYS * DAY_SECONDS * 1_000, expiresAt.getTime()));
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 52 characters, as clients know them. */
function newKey(): string {
  const bits = [...randomBytes(KEY_BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.replace(/.{1,5}/g, (five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]!);
}

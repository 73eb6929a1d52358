import type { Chat } from '../../../chat/chat.ts';
import { continueSession } from '../../../chat/continue-session.ts';
import type { SessionTerms } from '../../../chat/open-session.ts';
import { renewSessionTokens } from '../../../chat/renew-session-tokens.ts';
import { addSessionToken, type FoundToken, findSessionToken } from '../../../chat/session-tokens.ts';
import { type Claims, Jwts, type TokenType } from './jwt.ts';
import { ACCESS_SECONDS, REFRESH_SECONDS } from './limits.ts';

const KIND = { access: 'chat-project access', refresh: 'chat-project refresh' } as const;
const SECONDS = { access: ACCESS_SECONDS, refresh: REFRESH_SECONDS } as const;

/** What refreshing does besides a new access token, as the old server's settings of these names. */
export const ROTATE = 'CHAT_PROJECT_ROTATE_REFRESH_TOKENS';
export const BLACKLIST = 'CHAT_PROJECT_BLACKLIST_AFTER_ROTATION';

/** What a session is opened with, and the tokens that it got once it is open. */
export interface NewPair {
  readonly terms: Required<SessionTerms>;
  readonly tokens: { access: string; refresh: string };
}

export class Tokens {
  readonly #chat: Chat;
  readonly #jwts: Jwts;
  readonly #switches: ReadonlySet<string>;

  constructor(chat: Chat, switches: ReadonlySet<string>) {
    this.#chat = chat;
    this.#jwts = new Jwts(chat.keys);
    this.#switches = switches;
  }

  newPair(): NewPair {
    const tokens = { access: '', refresh: '' };
    const terms = this.#terms(tokens, ['access', 'refresh']);
    return { tokens, terms: { lastsSeconds: REFRESH_SECONDS, ...terms } };
  }

  find(type: TokenType, token: string | undefined, address?: string): Promise<FoundToken | undefined> {
    return findSessionToken(this.#chat, KIND[type], token, { address });
  }

  /** Whether or not it has expired; undefined for what was not signed here. */
  read(token: string): Promise<Claims | undefined> {
    return this.#jwts.read(token);
  }

  async refresh(token: string, address: string | undefined): Promise<{ access: string; refresh?: string }> {
    const pair = this.newPair();
    if (!this.#switches.has(ROTATE)) {
      const found = await this.find('refresh', token, address);
      return { access: await this.newAccess(found?.caller.sessionId) };
    }
    if (this.#switches.has(BLACKLIST))
      await renewSessionTokens(this.#chat, { kind: KIND.refresh, token, address, terms: pair.terms });
    else
      await continueSession(
        this.#chat,
        (await this.find('refresh', token, address))?.caller.sessionId,
        pair.terms,
      );
    return pair.tokens;
  }

  /** Refuses where there is no such session. */
  async newAccess(sessionId: string | undefined): Promise<string> {
    const tokens = { access: '' };
    await continueSession(this.#chat, sessionId, this.#terms(tokens, ['access']));
    return tokens.access;
  }

  #terms<Type extends TokenType>(
    tokens: Record<Type, string>,
    types: readonly Type[],
  ): Required<Pick<SessionTerms, 'alongside'>> {
    return {
      alongside: async (em, { id: sessionId, userId }) => {
        for (const type of types) {
          const expiresAt = new Date(Date.now() + SECONDS[type] * 1_000);
          tokens[type] = await this.#jwts.make(type, userId, expiresAt);
          await addSessionToken(em, { kind: KIND[type], token: tokens[type], sessionId, expiresAt });
        }
      },
    };
  }
}

import type { Chat } from './chat.ts';

/** Whom a passkey trusts: it signs only for pages of this host, and says for which. */
export interface RelyingParty {
  readonly id: string;
  readonly name: string;
  readonly origins: string[];
}

/**
 * The host of PUBLIC_URL. Pages of an allowed origin may use its passkeys when browsers let them: on the same
 * host or below it.
 */
export function relyingParty(chat: Pick<Chat, 'publicUrl' | 'allowedOrigins'>): RelyingParty {
  const own = new URL(chat.publicUrl());
  const id = own.hostname;
  const belongs = (origin: string): boolean => {
    const { hostname } = new URL(origin);
    return hostname === id || hostname.endsWith(`.${id}`);
  };
  return { id, name: 'Parlour', origins: [own.origin, ...chat.allowedOrigins.filter(belongs)] };
}

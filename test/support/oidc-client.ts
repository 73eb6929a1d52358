import { Browser, newVerifier } from './browser.ts';

export interface GoneThere {
  readonly browser: Browser;
  readonly codeVerifier: string;
  readonly code: string;
  readonly error: string | null;
}

/** The page that a client lets people come back to; nobody has to serve it. */
export const RETURN_TO = 'https://app.example/signed-in';

export function startUrl(server: string, codeChallenge: string, returnTo = RETURN_TO): string {
  return `${server}/api/v1/oidc/start?${new URLSearchParams({ returnTo, codeChallenge })}`;
}

/** A browser's whole way: to the provider, back to us, and on to the client's page. */
export async function goThere(server: string): Promise<GoneThere> {
  const browser = new Browser();
  const { codeVerifier, codeChallenge } = newVerifier();
  const { url, status, text } = await browser.open(startUrl(server, codeChallenge), RETURN_TO);
  if (!url.href.startsWith(RETURN_TO)) throw new Error(`ended at ${url.pathname}: ${status} ${text}`);
  const { searchParams } = url;
  return { browser, codeVerifier, code: searchParams.get('code') ?? '', error: searchParams.get('error') };
}

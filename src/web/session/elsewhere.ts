import { BASE, navigate, place } from '../router.tsx';

/** What people call the OpenID provider, if they can sign in with one. */
export const PROVIDER = document.documentElement.dataset.provider;

/** Kept for the way there and back. It is no token: without the code that comes back it opens nothing. */
const VERIFIER_KEY = 'parlour-verifier';
const VERIFIER_BYTES = 32;

/** What one comes back with: what the server takes, or why there is nothing. */
export interface Return {
  readonly proven?: { readonly code: string; readonly codeVerifier: string };
  readonly problem?: string;
}

let back: { readonly path: string; readonly what: Return } | undefined;

/** Digests are there on https and on one's own machine only, like OpenID itself. */
export function canGoElsewhere(): boolean {
  return PROVIDER !== undefined && window.isSecureContext;
}

/** Leaves the page, and comes back to `path`, which is ours. */
export async function goElsewhere(path: string): Promise<void> {
  const codeVerifier = base64url(crypto.getRandomValues(new Uint8Array(VERIFIER_BYTES)));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier));
  sessionStorage.setItem(VERIFIER_KEY, codeVerifier);
  const query = new URLSearchParams({
    returnTo: window.location.origin + BASE + path,
    codeChallenge: base64url(new Uint8Array(digest)),
  });
  window.location.assign(`${BASE}/api/v1/oidc/start?${query}`);
}

/** To be called before anything is drawn: takes what came back out of the address, so that it is in no history. */
export function noteReturn(): void {
  const { path, query } = place();
  const [code, error] = [query.get('code'), query.get('error')];
  if (code === null && error === null) return;
  const codeVerifier = sessionStorage.getItem(VERIFIER_KEY);
  sessionStorage.removeItem(VERIFIER_KEY);
  navigate(path, { replace: true });
  const isComplete = codeVerifier !== null && code !== null;
  back = { path, what: isComplete ? { proven: { code, codeVerifier } } : { problem: explain(error) } };
}

/** Once, and only to whom it was for: a code to sign in with links nothing. */
export function takeReturn(path: string): Return | undefined {
  if (back?.path !== path) return undefined;
  const { what } = back;
  back = undefined;
  return what;
}

function explain(error: string | null): string {
  if (error === 'unavailable') return `${PROVIDER} cannot be reached at the moment. Please try again soon.`;
  if (error !== null) return `${PROVIDER} did not say who you are. You can try again.`;
  return 'This began in another tab or browser. Please begin again here.';
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

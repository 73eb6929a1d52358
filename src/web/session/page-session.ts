import { asFailure, ChatFailure, type OwnUser, type Store, type Tokens } from '../client/index.ts';
import { keepStore } from './keep-store.ts';
import { otherTabs } from './other-tabs.ts';

/** `left` says why nobody is signed in any more, if it was not asked for here. */
export type SessionState =
  | { readonly phase: 'starting'; readonly unreachable: boolean }
  | { readonly phase: 'out'; readonly left?: boolean }
  | { readonly phase: 'in'; readonly user: OwnUser };

interface SignedIn extends Tokens {
  readonly user: OwnUser;
}

export interface SecondFactor {
  readonly challenge: string;
  readonly factors: readonly string[];
}

export interface PageSession {
  readonly store: Store<SessionState>;
  /** Goes on with what the browser kept, if there is something. */
  start(): Promise<void>;
  /** For the `Api`: the next access token, or null when the session is over. */
  refresh(): Promise<Tokens | null>;
  /** Any way of signing in or up, by its path below `/api/v1`. Answers what else is asked for, if anything. */
  signIn(path: string, body: object): Promise<SecondFactor | undefined>;
  /** Asks something for which nobody has to be signed in. */
  ask<Answer>(path: string, body: object): Promise<Answer>;
  /** Ends the session, here and on the server. */
  signOut(endIt: () => Promise<void>): Promise<void>;
  /** The server has ended it. */
  dropped(): void;
}

export interface PageSessionOptions {
  readonly url: string;
  useTokens(tokens: Tokens | null): void;
}

const TRY_AGAIN_MS = 3_000;
const LOCK = 'parlour-session';

/**
 * Who is signed in in this browser. The refresh token lies in a cookie that no script can read; the access token is
 * in memory. All tabs share the cookie, so they take turns with it, and tell each other when somebody comes or goes.
 */
export function createPageSession({ url, useTokens }: PageSessionOptions): PageSession {
  const store = keepStore<SessionState>({ phase: 'starting', unreachable: false });
  const tabs = otherTabs((news) => {
    const { snapshot } = store;
    if (news === 'out' && snapshot.phase === 'in') leave(true);
    if (news === 'in' && snapshot.phase === 'out') void start();
    // Somebody else, perhaps: the cookie is theirs now.
    if (news === 'in' && snapshot.phase === 'in') void refresh().catch(() => {});
  });

  async function refresh(): Promise<Tokens | null> {
    const signedIn = await inTurn(() => goOn(url));
    const { snapshot } = store;
    if (snapshot.phase === 'in' && signedIn !== null && signedIn.user.id !== snapshot.user.id) {
      // Everything in this tab belongs to the other person.
      window.location.reload();
      return new Promise(() => {});
    }
    return signedIn;
  }

  async function start(): Promise<void> {
    try {
      const signedIn = await inTurn(() => goOn(url));
      if (signedIn === null) store.set({ phase: 'out' });
      else enter(signedIn);
    } catch {
      store.set({ phase: 'starting', unreachable: true });
      setTimeout(start, TRY_AGAIN_MS);
    }
  }

  function enter(signedIn: SignedIn): void {
    useTokens(signedIn);
    store.set({ phase: 'in', user: signedIn.user });
  }

  function leave(left: boolean): void {
    useTokens(null);
    store.set({ phase: 'out', left });
  }

  return {
    store,
    start,
    refresh,
    ask: (path, body) => post(url, path, body),
    async signIn(path, body) {
      try {
        enter(await inTurn(() => post<SignedIn>(url, path, { device: deviceName(), ...body })));
        tabs.tell('in');
        return undefined;
      } catch (error) {
        const { code, details } = asFailure(error);
        if (code !== 'second_factor_required') throw error;
        const named = (name: string) =>
          details.filter(({ path: at }) => at === name).map(({ message }) => message);
        return { challenge: named('challenge')[0] ?? '', factors: named('factor') };
      }
    },
    async signOut(endIt) {
      await endIt();
      tabs.tell('out');
      leave(false);
    },
    dropped() {
      if (store.snapshot.phase === 'in') leave(true);
    },
  };
}

/** Two tabs that used the same refresh token could be taken for an owner and a thief. */
function inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  // Not there on plain http; the server forgives two who come within some seconds.
  return navigator.locks === undefined ? work() : navigator.locks.request(LOCK, work);
}

async function goOn(url: string): Promise<SignedIn | null> {
  const signedIn = await post<SignedIn | undefined>(url, '/sessions/page', undefined);
  return signedIn ?? null;
}

async function post<Answer>(url: string, path: string, body: object | undefined): Promise<Answer> {
  try {
    const response = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'Parlour-Keep': 'cookie', ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = text === '' ? undefined : JSON.parse(text);
    if (response.ok) return answer;
    const retryAfter = Number(response.headers.get('retry-after')) || undefined;
    throw new ChatFailure({ ...answer?.error, retryAfter });
  } catch (error) {
    throw asFailure(error);
  }
}

/** What the list of sessions calls this one. */
function deviceName(): string {
  const agent = navigator.userAgent;
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1] ?? 'Browser';
  const system = /(Android|iPhone|iPad|Windows|Macintosh|CrOS|Linux)/.exec(agent)?.[1];
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', Macintosh: 'Mac', CrOS: 'ChromeOS' };
  return [browser, system]
    .filter((part) => part !== undefined)
    .map((part) => names[part] ?? part)
    .join(' on ');
}

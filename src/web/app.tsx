import { useEffect, useMemo, useState } from 'preact/hooks';
import { AppContext, type App as AppServices, ChatContext, useStore } from './app-context.ts';
import { type Api, type ChatClient, createApi, createChatClient, type OwnUser } from './client/index.ts';
import { BASE, navigate, usePlace } from './router.tsx';
import { ForgotPassword, ResetPassword, VerifyEmail } from './session/by-mail.tsx';
import { createPageSession, type PageSession } from './session/page-session.ts';
import { PasscodeSignIn } from './session/passcode.tsx';
import { SignIn } from './session/sign-in.tsx';
import { GuestSignUp, SignUp } from './session/sign-up.tsx';
import { Shell } from './shell/shell.tsx';
import { Toasts, useToasts } from './ui/toasts.tsx';

interface Services {
  readonly api: Api;
  readonly session: PageSession;
}

function createServices(): Services {
  const url = window.location.origin + BASE;
  const api = createApi({ url, refresh: () => session.refresh() });
  const session = createPageSession({ url, useTokens: (tokens) => api.useTokens(tokens) });
  return { api, session };
}

export function App() {
  const services = useMemo(createServices, []);
  const { toasts, say } = useToasts();
  const app = useMemo<AppServices>(() => ({ ...services, say }), [services, say]);
  useEffect(() => void services.session.start(), [services]);
  return (
    <AppContext.Provider value={app}>
      <Pages app={app} />
      <Toasts toasts={toasts} />
    </AppContext.Provider>
  );
}

function Pages({ app }: { readonly app: AppServices }) {
  const state = useStore(app.session.store, (current) => current);
  const { path, query } = usePlace();
  if (path === '/password/reset') return <ResetPassword token={query.get('token') ?? ''} />;
  if (path === '/email/verify') return <VerifyEmail token={query.get('token') ?? ''} />;
  if (state.phase === 'starting') return <Starting unreachable={state.unreachable} />;
  if (state.phase === 'in') return <SignedIn key={state.user.id} app={app} user={state.user} />;
  if (path === '/sign-up') return query.has('guest') ? <GuestSignUp /> : <SignUp />;
  if (path === '/forgot-password') return <ForgotPassword />;
  if (path === '/sign-in/code') return <PasscodeSignIn />;
  return <SignIn note={state.left ? 'You have been signed out.' : undefined} />;
}

function Starting({ unreachable }: { readonly unreachable: boolean }) {
  return (
    <main class="loading" aria-busy="true">
      <span class="spinner" />
      <p role="status">{unreachable ? 'The server cannot be reached. Trying again…' : 'One moment…'}</p>
    </main>
  );
}

const ENTRANCES = ['/sign-in', '/sign-in/code', '/sign-up', '/forgot-password'];

/** Everything for whoever is signed in, for as long as they are. */
function SignedIn({ app, user }: { readonly app: AppServices; readonly user: OwnUser }) {
  const [client, setClient] = useState<ChatClient>();
  useEffect(() => {
    if (ENTRANCES.includes(window.location.pathname.slice(BASE.length))) navigate('/', { replace: true });
    const started = createChatClient({ api: app.api, onEnded: () => app.session.dropped() });
    setClient(started);
    void started.start(user);
    return () => {
      const { snapshot: now } = app.session.store;
      // Whoever goes on purpose leaves nothing behind; who was signed out elsewhere may come back for what waits.
      void started.stop({ forget: now.phase === 'out' && now.left !== true });
    };
  }, [app, user]);
  if (client === undefined) return <Starting unreachable={false} />;
  return (
    <ChatContext.Provider value={client}>
      <Shell />
    </ChatContext.Provider>
  );
}

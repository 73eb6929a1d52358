import { html } from 'hono/html';
import { layout } from './page.ts';

/** The panel is one script that writes its styles into the page. */
export const PANEL_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; font-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

export function signInPage(problem = ''): string {
  return layout(
    'Sign in to the monitor',
    `${html`<p role="alert">${problem}</p>`}
    <form method="post" action="/monitor/sign-in">
      <p><label>Username or email <input name="username" autocomplete="username" required autofocus></label></p>
      <p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
      <p><button>Sign in</button></p>
    </form>`,
  );
}

/** No script runs on these pages, so a passkey cannot answer here; a recovery code can. */
export function secondFactorPage(challenge: string, problem = ''): string {
  return layout(
    'Second factor',
    `${html`<p role="alert">${problem}</p>
    <form method="post" action="/monitor/second-factor">
      <input type="hidden" name="challenge" value="${challenge}">
      <p><label>Code of your authenticator app, or a recovery code <input name="code" autocomplete="one-time-code"
        required autofocus></label></p>
      <p><button>Sign in</button></p>
    </form>`}`,
  );
}

export function signOutPage(): string {
  return layout(
    'Sign out of the monitor',
    '<form method="post" action="/monitor/sign-out"><p><button>Sign out</button></p></form>',
  );
}

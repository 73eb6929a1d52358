import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Chat } from '../chat/chat.ts';
import { ChatError, type ErrorCode } from '../chat/errors.ts';
import { resetPasswordInput, verifyEmailInput } from '../chat/inputs/accounts.ts';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../chat/inputs/passwords.ts';
import { resetPassword } from '../chat/reset-password.ts';
import { verifyEmail } from '../chat/verify-email.ts';
import { clientAddress } from './client-address.ts';
import { layout, type PageStatus, showPage, showRefusal } from './page.ts';
import type { ShowWebClient } from './web-client.ts';

/**
 * Where the links of our mails lead. Opening one changes nothing, because mailboxes open links by themselves to
 * look for malice; only the form's button uses the token. The forms need no more protection than that: what they
 * do they do by the token, not by a cookie. Their addresses are relative, so a path in PUBLIC_URL may stand
 * before them. Where scripts run, the web client takes the form's place.
 */
export function mailPages(chat: Chat, showClient: ShowWebClient): Hono {
  const app = new Hono();
  const show = async (c: Context, { title, body }: Form) =>
    (await showClient(c, `<main class="plain"><h1>${title}</h1>${body}</main>`)) ??
    showPage(c, layout(title, body));

  app.get('/email/verify', (c) => show(c, verifyForm(c.req.query('token') ?? '')));
  app.post('/email/verify', async (c) => {
    const input = verifyEmailInput.safeParse(await c.req.parseBody());
    if (!input.success) return showPage(c, BAD_LINK, 400);
    return attempt(chat, c, () => verifyEmail(chat, input.data.token), VERIFIED);
  });

  app.get('/password/reset', (c) => show(c, resetForm(c.req.query('token') ?? '')));
  app.post('/password/reset', async (c) => {
    const body = await c.req.parseBody();
    const link = verifyEmailInput.safeParse(body);
    if (!link.success) return showPage(c, BAD_LINK, 400);
    const again = (problem: string) => {
      const { title, body } = resetForm(link.data.token, `This password ${problem}.`);
      return showPage(c, layout(title, body), 400);
    };
    const input = resetPasswordInput.safeParse(body);
    if (!input.success) return again(input.error.issues[0]?.message ?? 'will not do');
    return attempt(chat, c, () => resetPassword(chat, input.data), CHANGED, again);
  });

  return app;
}

async function attempt(
  chat: Pick<Chat, 'limits'>,
  c: Context,
  work: () => Promise<void>,
  done: string,
  again?: (problem: string) => Response | Promise<Response>,
): Promise<Response> {
  try {
    chat.limits.take('proof', { address: clientAddress(c) });
    await work();
    return showPage(c, done);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    const problem = error.details?.[0]?.message;
    if (again !== undefined && problem !== undefined) return again(problem);
    const [page, status] = PAGES[error.code] ?? ([BAD_LINK, 400] as const);
    return showRefusal(c, error, page, status);
  }
}

const PASSWORD_LENGTH = `${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH}`;

const BAD_LINK = layout(
  'This link does not work',
  '<p>It has been used, has expired, or a newer mail has taken its place. Ask for another one.</p>',
);
const BUSY = layout('Please try again', '<p>Too many people ask at once. Go back and try again soon.</p>');
const TAKEN = layout(
  'This address is in use',
  '<p>It belongs to another account. Sign in with that one, or take the address away from it first.</p>',
);
/** Refusals that are not the link's fault. */
const PAGES: Partial<Record<ErrorCode, readonly [string, PageStatus]>> = {
  busy: [BUSY, 503],
  rate_limited: [BUSY, 429],
  email_taken: [TAKEN, 409],
};
const VERIFIED = layout('Thank you', '<p>The email address is yours.</p>');
const CHANGED = layout('Your password is changed', '<p>Sign in with it; all devices were signed out.</p>');

/** The body is HTML already. */
interface Form {
  readonly title: string;
  readonly body: string;
}

function verifyForm(token: string): Form {
  return {
    title: 'Is this your email address?',
    body: `${html`<form method="post" action="verify">
      <input type="hidden" name="token" value="${token}">
      <p><button>Yes, it is mine</button></p>
    </form>`}`,
  };
}

function resetForm(token: string, problem = ''): Form {
  return {
    title: 'Choose a new password',
    body: `${html`<p role="alert">${problem}</p>
    <form method="post" action="reset">
      <input type="hidden" name="token" value="${token}">
      <p><label>New password, ${PASSWORD_LENGTH} characters <input name="password" type="password"
        autocomplete="new-password" minlength="${MIN_PASSWORD_LENGTH}" maxlength="${MAX_PASSWORD_LENGTH}" required
        autofocus></label></p>
      <p><button>Change it</button></p>
    </form>`}`,
  };
}

import { type Context, Hono } from 'hono';
import { isAdmin } from '../chat/admins.ts';
import { finishSignIn } from '../chat/answer-second-factor.ts';
import type { Chat } from '../chat/chat.ts';
import { ChatError, type ErrorCode } from '../chat/errors.ts';
import { signInInput } from '../chat/inputs/accounts.ts';
import { secondFactorInput } from '../chat/inputs/factors.ts';
import { type SignInOptions, signInWithPassword } from '../chat/sign-in.ts';
import type { NewSession } from '../chat/sign-in-as.ts';
import { TOKEN_SECONDS } from '../chat/tokens.ts';
import type { User } from '../entities/user.ts';
import { clientAddress } from './client-address.ts';
import { secondFactorPage, signInPage } from './monitor-pages.ts';
import { type PageStatus, showPage, showRefusal } from './page.ts';

const PAGE_STATUS: Partial<Record<ErrorCode, PageStatus>> = {
  forbidden: 403,
  unauthenticated: 401,
  wrong_credentials: 401,
  second_factor_required: 401,
  rate_limited: 429,
};

type Welcome = (c: Context, opened: NewSession) => Promise<Response>;
type ProblemPage = (problem: string) => string;

/** An admin's way in: name and password, then a second factor if the account has one. */
export function monitorSignIn(chat: Chat, welcome: Welcome): Hono {
  const app = new Hono();

  app.post('/sign-in', async (c) => {
    const input = signInInput.safeParse({ ...(await c.req.parseBody()), device: 'monitor' });
    if (!input.success) return showPage(c, signInPage('Name and password, please.'), 400);
    return letIn(
      c,
      (options) => signInWithPassword(chat, { ...input.data, address: clientAddress(c) }, options),
      signInPage,
    );
  });

  app.post('/second-factor', async (c) => {
    const { challenge, code } = await c.req.parseBody();
    const typed = String(code).trim();
    const kind = /^\d+$/.test(typed) ? 'code' : 'recoveryCode';
    const input = secondFactorInput.safeParse({ challenge, [kind]: typed });
    if (!input.success) return showPage(c, signInPage('Sign in again, please.'), 400);
    const askAgain: ProblemPage = (problem) => secondFactorPage(input.data.challenge, problem);
    return letIn(
      c,
      (options) => finishSignIn(chat, { ...input.data, address: clientAddress(c) }, options),
      askAgain,
    );
  });

  const letIn = async (
    c: Context,
    prove: (options: SignInOptions) => Promise<NewSession>,
    askAgain: ProblemPage,
  ): Promise<Response> => {
    const endsAt = new Date(Date.now() + TOKEN_SECONDS.monitor * 1_000);
    const admit = (user: User): void => {
      if (!isAdmin(chat, user)) throw new ChatError('forbidden', 'This account is not an admin.');
    };
    try {
      chat.limits.take('sign-in', { address: clientAddress(c) });
      return await welcome(c, await prove({ endsAt, admit }));
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      return showRefusal(c, error, problemPage(error, askAgain), PAGE_STATUS[error.code] ?? 503);
    }
  };

  return app;
}

function problemPage(error: ChatError, askAgain: ProblemPage): string {
  if (error.code === 'unauthenticated') return signInPage('That took too long. Sign in again, please.');
  const challenge = error.details?.find(({ path }) => path === 'challenge')?.message;
  return challenge === undefined ? askAgain(error.message) : secondFactorPage(challenge);
}

import { generate } from 'otplib';
import { type Answer, PASSWORD, type Person, type TestServer } from './server.ts';

const STEP_SECONDS = 30;

/** An authenticator app, which never shows the same code twice: each is of another step of time. */
export class AuthenticatorApp {
  readonly #secret: string;
  #lastEpoch = 0;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Of now, or as many steps from now. */
  at(steps = 0): Promise<string> {
    return generate({ secret: this.#secret, epoch: nowSeconds() + steps * STEP_SECONDS });
  }

  /** One that was not shown before. It is good now for two calls in a row; the third needs some time to pass. */
  fresh(): Promise<string> {
    this.#lastEpoch = Math.max(nowSeconds(), this.#lastEpoch + STEP_SECONDS);
    return generate({ secret: this.#secret, epoch: this.#lastEpoch });
  }
}

export interface Guarded {
  readonly app: AuthenticatorApp;
  readonly recoveryCodes: readonly string[];
}

/** Switches the authenticator app on for somebody. */
export async function guard(person: Person): Promise<Guarded> {
  const offered = await person.api('POST', '/me/totp');
  const app = new AuthenticatorApp(offered.body.secret);
  const proof = { password: person.password };
  const { status, body } = await person.api('POST', '/me/totp/confirm', { code: await app.fresh(), proof });
  if (status !== 200) throw new Error(`the app could not be confirmed: ${JSON.stringify(body)}`);
  return { app, recoveryCodes: body.recoveryCodes };
}

/** The first half of a sign-in. */
export function giveFirstFactor(server: TestServer, { username }: Person, device = ''): Promise<Answer> {
  return server.api('POST', '/sessions', { username, password: PASSWORD, device });
}

/** What a refusal asks for next. */
export function askedFor({ body }: Answer): { challenge: string; factors: string[] } {
  const details: { path: string; message: string }[] = body.error.details;
  const saying = (path: string) =>
    details.filter((detail) => detail.path === path).map(({ message }) => message);
  return { challenge: saying('challenge')[0] ?? '', factors: saying('factor') };
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import { Link } from '../router.tsx';
import { Field } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf } from '../ui/use-action.ts';
import { canGoElsewhere, goElsewhere, PROVIDER, takeReturn } from './elsewhere.ts';
import { Entrance } from './entrance.tsx';
import { hasPasskeys, usePasskeyFor } from './passkeys.ts';
import { SecondFactorForm } from './second-factor.tsx';
import { useEntering } from './use-entering.ts';

/** Where one comes back to from elsewhere. */
const PATH = '/sign-in';

interface SignInProps {
  /** Shown above the form: why one is here. */
  readonly note?: string | undefined;
}

export function SignIn({ note }: SignInProps) {
  const { session } = useApp();
  const { action, factor, enter, startAgain } = useEntering();
  const [back, setBack] = useState(() => takeReturn(PATH));
  const proven = back?.proven;
  useEffect(() => {
    if (proven !== undefined) void enter('/sessions/oidc', proven).then(() => setBack(undefined));
  }, [proven]);
  const withPasskey = () =>
    action.run(async () => {
      const { challenge, options } = await session.ask<{ challenge: string; options: object }>(
        '/sessions/passkey/challenge',
        {},
      );
      await session.signIn('/sessions/passkey', { challenge, response: await usePasskeyFor(options) });
    });
  if (proven !== undefined) return <Arriving />;
  if (factor !== undefined) return <SecondFactorForm factor={factor} onBack={startAgain} />;
  return (
    <Entrance
      title="Sign in to Parlour"
      below={
        <>
          <Link to="/sign-in/code">Sign in with a code by mail</Link>
          <Link to="/forgot-password">Forgotten password?</Link>
        </>
      }
    >
      {note !== undefined && (
        <p class="form-note" role="status">
          {note}
        </p>
      )}
      <form class="form" onSubmit={(event) => void enter('/sessions', fieldsOf(event))}>
        <Field
          label="Username or email"
          name="username"
          autoComplete="username webauthn"
          autoCapitalize="none"
          required
        />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        <Problem text={action.problem ?? (action.busy ? undefined : back?.problem)} />
        <button type="submit" class="button primary wide" disabled={action.busy}>
          Sign in
        </button>
      </form>
      <p class="or">or</p>
      {canGoElsewhere() && (
        <button
          type="button"
          class="button wide"
          disabled={action.busy}
          onClick={() => void action.run(() => goElsewhere(PATH))}
        >
          Sign in with {PROVIDER}
        </button>
      )}
      <Link to="/sign-up" class="button wide">
        Create an account
      </Link>
      <div class="halves">
        <Link to="/sign-up?guest" class="button">
          Be a guest
        </Link>
        {hasPasskeys() && (
          <button type="button" class="button" onClick={() => void withPasskey()} disabled={action.busy}>
            Use a passkey
          </button>
        )}
      </div>
    </Entrance>
  );
}

/** Back from elsewhere. */
function Arriving() {
  return (
    <Entrance title={`Signing in with ${PROVIDER}`}>
      <span class="spinner" role="status" aria-label="One moment" />
    </Entrance>
  );
}

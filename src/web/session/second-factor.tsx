import { useApp } from '../app-context.ts';
import { Field } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf, useAction } from '../ui/use-action.ts';
import { Entrance } from './entrance.tsx';
import type { SecondFactor } from './page-session.ts';
import { hasPasskeys, usePasskeyFor } from './passkeys.ts';

interface SecondFactorFormProps {
  readonly factor: SecondFactor;
  onBack(): void;
}

/** The code of an app or a recovery code, told apart by how they look, or a passkey. */
export function SecondFactorForm({ factor: { challenge, factors }, onBack }: SecondFactorFormProps) {
  const { session } = useApp();
  const action = useAction();
  const answer = (body: object) => session.signIn('/sessions/second-factor', { challenge, ...body });
  const typed = (event: Event) => {
    const code = (fieldsOf(event).code ?? '').trim();
    return action.run(
      async () =>
        void (await answer(
          /^[\d ]+$/.test(code) ? { code: code.replaceAll(' ', '') } : { recoveryCode: code },
        )),
    );
  };
  const withPasskey = () =>
    action.run(async () => {
      const options = await session.ask<object>('/sessions/second-factor/passkey', { challenge });
      await answer({ passkey: await usePasskeyFor(options) });
    });
  return (
    <Entrance title="One more step" lead="This account asks for a second proof that it is you.">
      <form class="form" onSubmit={(event) => void typed(event)}>
        <Field
          label={
            factors.includes('totp') ? 'Code of your authenticator app, or a recovery code' : 'Recovery code'
          }
          name="code"
          autoComplete="one-time-code"
          autoFocus
          required
        />
        <Problem text={action.problem} />
        <button type="submit" class="button primary wide" disabled={action.busy}>
          Sign in
        </button>
      </form>
      {factors.includes('passkey') && hasPasskeys() && (
        <button type="button" class="button wide" onClick={() => void withPasskey()} disabled={action.busy}>
          Use a passkey
        </button>
      )}
      <button type="button" class="button quiet" onClick={onBack}>
        Start again
      </button>
    </Entrance>
  );
}

import { useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import { Link } from '../router.tsx';
import { Field } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf } from '../ui/use-action.ts';
import { EmailForm } from './email-form.tsx';
import { Entrance } from './entrance.tsx';
import { SecondFactorForm } from './second-factor.tsx';
import { useEntering } from './use-entering.ts';

/** The six digits of a mail, in place of a password. */
export function PasscodeSignIn() {
  const { session } = useApp();
  const [email, setEmail] = useState<string>();
  const send = async (to: string) => {
    await session.ask('/sessions/passcode/request', { email: to });
    setEmail(to);
  };
  if (email === undefined) return <AskForCode onSend={send} />;
  return <TypeCode email={email} onSend={send} onBack={() => setEmail(undefined)} />;
}

interface SendsCode {
  onSend(email: string): Promise<void>;
}

function AskForCode({ onSend }: SendsCode) {
  return (
    <Entrance
      title="Sign in with a code"
      lead="No password needed: we send you a mail with six digits."
      below={<Link to="/sign-in">Back to signing in</Link>}
    >
      <EmailForm
        hint="The address of your account, once you have verified it."
        label="Send the code"
        onSend={onSend}
      />
    </Entrance>
  );
}

interface TypeCodeProps extends SendsCode {
  readonly email: string;
  onBack(): void;
}

function TypeCode({ email, onSend, onBack }: TypeCodeProps) {
  const { say } = useApp();
  const { action, factor, enter } = useEntering();
  const submit = (event: Event) => {
    const { code = '' } = fieldsOf(event);
    return enter('/sessions/passcode', { email, code: code.replace(/\s/g, '') });
  };
  const again = async () => {
    if (await action.run(() => onSend(email))) say('Sent again. Only the newest code works.');
  };
  // The code has been used by then.
  if (factor !== undefined) return <SecondFactorForm factor={factor} onBack={onBack} />;
  return (
    <Entrance title="Look into your mailbox" below={<Link to="/sign-in">Back to signing in</Link>}>
      <p class="form-note" role="status">
        If {email} is the verified address of an account, a code is on its way there. It works for ten
        minutes.
      </p>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          label="The six digits of the mail"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={16}
          autoFocus
          required
        />
        <Problem text={action.problem} />
        <button type="submit" class="button primary wide" disabled={action.busy}>
          Sign in
        </button>
      </form>
      <div class="halves">
        <button type="button" class="button" disabled={action.busy} onClick={() => void again()}>
          Send it again
        </button>
        <button type="button" class="button" onClick={onBack}>
          Another address
        </button>
      </div>
    </Entrance>
  );
}

import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import { Link, navigate } from '../router.tsx';
import { NewPasswordField } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf, useAction } from '../ui/use-action.ts';
import { EmailForm } from './email-form.tsx';
import { Entrance } from './entrance.tsx';

/** Asks for the mail with the link. */
export function ForgotPassword() {
  const { session } = useApp();
  const [sent, setSent] = useState(false);
  const send = async (email: string) => {
    await session.ask('/password/forgot', { email });
    setSent(true);
  };
  return (
    <Entrance title="Forgotten password" below={<Link to="/sign-in">Back to signing in</Link>}>
      {sent ? (
        <p class="form-note" role="status">
          If there is an account with this address, a mail with a link is on its way.
        </p>
      ) : (
        <EmailForm
          hint="The address of your account: we send you a link."
          label="Send the link"
          onSend={send}
        />
      )}
    </Entrance>
  );
}

interface FromMailProps {
  /** Of the link in the mail. */
  readonly token: string;
}

/** The token leaves the address at once, so that it is in no history and no screenshot. */
function useHiddenToken(path: string, token: string): string {
  const [kept] = useState(token);
  useEffect(() => navigate(path, { replace: true }), [path]);
  return kept;
}

export function ResetPassword({ token }: FromMailProps) {
  const { session, say } = useApp();
  const action = useAction();
  const kept = useHiddenToken('/password/reset', token);
  const submit = (event: Event) => {
    const { password } = fieldsOf(event);
    return action.run(async () => {
      await session.ask('/password/reset', { token: kept, password });
      say('Your password is changed. Sign in with it.');
      navigate('/sign-in', { replace: true });
    });
  };
  return (
    <Entrance title="Choose a new password" lead="All your devices will be signed out.">
      <form class="form" onSubmit={(event) => void submit(event)}>
        <NewPasswordField label="New password" name="password" autoFocus />
        <Problem text={action.problem}>
          {' '}
          <Link to="/forgot-password">Ask for another link</Link>
        </Problem>
        <button type="submit" class="button primary wide" disabled={action.busy}>
          Change it
        </button>
      </form>
    </Entrance>
  );
}

/** Only the button uses the link: mailboxes open links by themselves. */
export function VerifyEmail({ token }: FromMailProps) {
  const { session, say } = useApp();
  const action = useAction();
  const kept = useHiddenToken('/email/verify', token);
  const confirm = () =>
    action.run(async () => {
      await session.ask('/email/verify', { token: kept });
      say('Thank you: the email address is yours.');
      navigate('/', { replace: true });
    });
  return (
    <Entrance title="Is this your email address?" below={<Link to="/">Not now</Link>}>
      <Problem text={action.problem} />
      <button type="button" class="button primary wide" disabled={action.busy} onClick={() => void confirm()}>
        Yes, it is mine
      </button>
    </Entrance>
  );
}

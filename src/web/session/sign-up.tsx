import { useApp } from '../app-context.ts';
import { Link } from '../router.tsx';
import { Field, NewPasswordField } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf, useAction } from '../ui/use-action.ts';
import { Entrance } from './entrance.tsx';

export function SignUp() {
  const { session } = useApp();
  const action = useAction();
  const submit = (event: Event) => {
    const { username, displayName, email, password } = fieldsOf(event);
    const body = { username, password, ...(displayName && { displayName }), ...(email && { email }) };
    return action.run(async () => void (await session.signIn('/accounts', body)));
  };
  return (
    <Entrance
      title="Create your account"
      lead="It takes a minute. Your email address is only needed if you forget your password."
      below={
        <>
          <Link to="/sign-in">I have an account</Link>
          <Link to="/sign-up?guest">Look around as a guest</Link>
        </>
      }
    >
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          label="Username"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          minLength={2}
          maxLength={64}
          hint="How others find you. Letters, digits, dots and dashes."
          error={action.problemOf('username')}
          required
        />
        <Field label="Your name (optional)" name="displayName" autoComplete="name" maxLength={64} />
        <Field
          label="Email (optional)"
          name="email"
          type="email"
          autoComplete="email"
          error={action.problemOf('email')}
        />
        <NewPasswordField
          label="Password"
          name="password"
          hint="Eight characters or more; a sentence is fine."
          error={action.problemOf('password')}
        />
        <Problem text={action.problem} />
        <button type="submit" class="button primary wide" disabled={action.busy}>
          Create account
        </button>
      </form>
    </Entrance>
  );
}

/** An account without a password, for as long as this browser keeps its session. */
export function GuestSignUp() {
  const { session } = useApp();
  const action = useAction();
  const submit = (event: Event) => {
    const { displayName } = fieldsOf(event);
    return action.run(
      async () => void (await session.signIn('/accounts/guest', displayName ? { displayName } : {})),
    );
  };
  return (
    <Entrance
      title="Come in as a guest"
      lead="No password needed. You can make a full account of it later and keep everything."
      below={<Link to="/sign-in">I have an account</Link>}
    >
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          label="What shall others call you?"
          name="displayName"
          maxLength={64}
          autoComplete="nickname"
        />
        <Problem text={action.problem} />
        <button type="submit" class="button primary wide" disabled={action.busy}>
          Come in
        </button>
      </form>
    </Entrance>
  );
}

import { useApp, useChat } from '../app-context.ts';
import type { OwnUser } from '../client/index.ts';
import { Field, NewPasswordField } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf, useAction } from '../ui/use-action.ts';

/** A guest stays who they are, and can come back from then on. */
export function CompleteAccount({ me }: { readonly me: OwnUser }) {
  const client = useChat();
  const { say } = useApp();
  const action = useAction();
  const submit = (event: Event) => {
    const { username, email, password } = fieldsOf(event);
    return action.run(async () => {
      const body = { username, password, ...(email && { email }) };
      client.setMe(await client.api.post<OwnUser>('/me/complete', body));
      say('This is your account now.');
    });
  };
  return (
    <form class="form card soft" onSubmit={(event) => void submit(event)}>
      <h2>Keep this account</h2>
      <p>
        You are here as a guest. With a password you can come back, and keep your friends and conversations.
      </p>
      <Field
        label="Username"
        name="username"
        value={me.username}
        maxLength={64}
        autoCapitalize="none"
        autoComplete="username"
        error={action.problemOf('username')}
        required
      />
      <Field
        label="Email (optional)"
        name="email"
        type="email"
        autoComplete="email"
        error={action.problemOf('email')}
      />
      <NewPasswordField label="Password" name="password" error={action.problemOf('password')} />
      <Problem text={action.problem} />
      <div>
        <button type="submit" class="button primary" disabled={action.busy}>
          Keep it
        </button>
      </div>
    </form>
  );
}

import { useApp } from '../app-context.ts';
import type { OwnUser, Page } from '../client/index.ts';
import { Link } from '../router.tsx';
import { Field } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { ago } from '../ui/times.ts';
import { fieldsOf, useAction } from '../ui/use-action.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { useTold } from '../ui/use-told.ts';

interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly createdAt: string;
}

/** Friends whose address one knows. Whether somebody here has it is never told, so nothing here may depend on it. */
export function Invitations({ me }: { readonly me: OwnUser }) {
  // It takes a verified address of one's own, and who has none cannot verify any.
  if (me.email === null) return null;
  return (
    <section class="section" aria-label="Invitations">
      <h2>Invite by email</h2>
      {me.verified ? (
        <InviteForm />
      ) : (
        <p class="muted">
          First verify your own address: there is a mail for that, and in your{' '}
          <Link to="/settings">profile</Link> you can have another one.
        </p>
      )}
    </section>
  );
}

function InviteForm() {
  const { api, say } = useApp();
  const action = useAction();
  const told = useTold();
  const {
    value: open,
    problem,
    reload,
  } = useLoaded(() => api.get<Page<Invitation>>('/invitations?limit=100'));
  const submit = async (event: Event) => {
    const form = event.currentTarget as HTMLFormElement;
    const { email } = fieldsOf(event);
    if (!(await action.run(() => api.post('/invitations', { email })))) return;
    form.reset();
    say(`${email} is invited.`);
    await reload();
  };
  const withdraw = (id: string) => told.run(() => api.delete(`/invitations/${id}`).then(reload));
  return (
    <>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          label="Email of a friend"
          name="email"
          type="email"
          autoComplete="off"
          hint="They hear of it once, from you by name. You become friends when they accept."
          error={action.problemOf('email')}
          required
        />
        <Problem text={action.problem} />
        <div>
          <button type="submit" class="button" disabled={action.busy}>
            Invite
          </button>
        </div>
      </form>
      <Problem text={problem} />
      <ul class="rows">
        {open?.items.map(({ id, email, createdAt }) => (
          <li key={id} class="row">
            <span class="row-text">
              <strong class="clip">{email}</strong>
              <span class="small muted">invited {ago(createdAt)}</span>
            </span>
            <button
              type="button"
              class="button compact quiet"
              disabled={told.busy}
              aria-label={`Withdraw the invitation to ${email}`}
              onClick={() => void withdraw(id)}
            >
              Withdraw
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

import { Field } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf, useAction } from '../ui/use-action.ts';

interface EmailFormProps {
  readonly hint: string;
  /** On the button. */
  readonly label: string;
  onSend(email: string): Promise<void>;
}

/** Asks for the address that a mail is to go to. */
export function EmailForm({ hint, label, onSend }: EmailFormProps) {
  const action = useAction();
  const submit = (event: Event) => {
    const { email = '' } = fieldsOf(event);
    return action.run(() => onSend(email));
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <Field label="Email" name="email" type="email" autoComplete="email" hint={hint} required />
      <Problem text={action.problem} />
      <button type="submit" class="button primary wide" disabled={action.busy}>
        {label}
      </button>
    </form>
  );
}

import type { ComponentChildren } from 'preact';
import { Field } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf, useAction } from '../ui/use-action.ts';
import type { Factors } from './security.tsx';

interface ProofFormProps {
  readonly factors: Factors;
  readonly button: string;
  readonly danger?: boolean;
  /** Fields that come first. */
  readonly children?: ComponentChildren;
  /** `proof` says who one is, once more; `fields` are the rest. */
  onProof(proof: object, fields: Record<string, string>): Promise<void>;
  onCancel(): void;
}

const NO_PASSWORD = 'Leave it empty if your account has none: a sign-in of the last ten minutes will do.';

/** Asks for the password and, where there is one, a second factor, before something is changed that guards the account. */
export function ProofForm({ factors, button, danger = false, children, onProof, onCancel }: ProofFormProps) {
  const action = useAction();
  const hasFactor = factors.totp || factors.passkeys.length > 0;
  const mayLackPassword = factors.passkeys.length + factors.identities.length > 0;
  const submit = (event: Event) => {
    const { proofPassword = '', proofCode = '', ...fields } = fieldsOf(event);
    const typed = proofCode.trim();
    const second = /^\d{6}$/.test(typed) ? { code: typed } : { recoveryCode: typed };
    const first = { password: proofPassword };
    const proof = { ...(proofPassword !== '' && first), ...(typed !== '' && second) };
    return action.run(() => onProof(proof, fields));
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      {children}
      <Field
        label="Your password"
        name="proofPassword"
        type="password"
        autoComplete="current-password"
        hint={mayLackPassword ? NO_PASSWORD : undefined}
        required={!mayLackPassword}
      />
      {hasFactor && (
        <Field
          label="Code of your app, or a recovery code"
          name="proofCode"
          autoComplete="one-time-code"
          required
        />
      )}
      <Problem text={action.problem} />
      <div class="row-actions">
        <button type="submit" class={`button ${danger ? 'danger' : 'primary'}`} disabled={action.busy}>
          {button}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

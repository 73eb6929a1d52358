import { useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import type { Api, OwnUser, Page } from '../client/index.ts';
import { Field, NewPasswordField } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { fieldsOf, useAction } from '../ui/use-action.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { AuthenticatorApp } from './authenticator-app.tsx';
import { LinkedAccounts } from './linked-accounts.tsx';
import { Passkeys } from './passkeys-list.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** An account elsewhere. */
interface Identity {
  readonly id: string;
  readonly issuer: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

export interface Factors {
  readonly totp: boolean;
  readonly passkeys: readonly { readonly id: string; readonly name: string; readonly createdAt: string }[];
  readonly recoveryCodesLeft: number;
  readonly identities: readonly Identity[];
}

async function readFactors(api: Api): Promise<Factors> {
  const [factors, { items: identities }] = await Promise.all([
    api.get<Omit<Factors, 'identities'>>('/me/second-factors'),
    api.get<Page<Identity>>('/me/identities'),
  ]);
  return { ...factors, identities };
}

/** What one signs in with. */
export function Security({ me }: { readonly me: OwnUser }) {
  const { api } = useApp();
  const { value: factors, problem, reload } = useLoaded(() => readFactors(api));
  const [codes, setCodes] = useState<readonly string[]>();
  const changed = (fresh?: readonly string[] | null) => {
    if (fresh) setCodes(fresh);
    void reload();
  };
  const linked = factors && <LinkedAccounts me={me} factors={factors} onChanged={changed} />;
  if (me.guest)
    return (
      <>
        <p class="muted">A guest has nothing to sign in with yet: see the profile.</p>
        {linked}
      </>
    );
  return (
    <>
      <ChangePassword />
      {problem !== undefined && <p class="form-error">{problem}</p>}
      {codes !== undefined && <ShownCodes codes={codes} onDone={() => setCodes(undefined)} />}
      {factors !== undefined && (
        <>
          <AuthenticatorApp factors={factors} onChanged={changed} />
          <Passkeys factors={factors} onChanged={changed} />
          {linked}
          {(factors.totp || factors.passkeys.length > 0) && (
            <RecoveryCodes factors={factors} onChanged={changed} />
          )}
        </>
      )}
    </>
  );
}

function ShownCodes({ codes, onDone }: { readonly codes: readonly string[]; onDone(): void }) {
  return (
    <section class="card soft" aria-label="Recovery codes">
      <h2>Keep these codes</h2>
      <p>Each opens your account once if you lose your device. They are not shown again.</p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div>
        <button type="button" class="button" onClick={onDone}>
          I have kept them
        </button>
      </div>
    </section>
  );
}

function ChangePassword() {
  const { api, say } = useApp();
  const action = useAction();
  const submit = async (event: Event) => {
    const form = event.currentTarget as HTMLFormElement;
    const { password, newPassword } = fieldsOf(event);
    if (await action.run(() => api.post('/password/change', { password, newPassword }))) {
      form.reset();
      say('Your password is changed. Your other devices are signed out.');
    }
  };
  return (
    <form class="form card" onSubmit={(event) => void submit(event)}>
      <h2>Password</h2>
      <Field
        label="Current password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
      />
      <NewPasswordField label="New password" name="newPassword" error={action.problemOf('newPassword')} />
      <Problem text={action.problem} />
      <div>
        <button type="submit" class="button primary" disabled={action.busy}>
          Change password
        </button>
      </div>
    </form>
  );
}

import { useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import { hasPasskeys, makePasskey } from '../session/passkeys.ts';
import { Field } from '../ui/field.tsx';
import { fullTime } from '../ui/times.ts';
import type { FactorProps } from './authenticator-app.tsx';
import { ProofForm } from './proof-form.tsx';

interface Challenge {
  readonly challenge: string;
  readonly options: object;
}

export function Passkeys({ factors, onChanged }: FactorProps) {
  const { api } = useApp();
  /** The id of the one that goes. */
  const [changing, setChanging] = useState<'add' | { readonly remove: string }>();
  const add = async (proof: object, name: string) => {
    const { challenge, options } = await api.post<Challenge>('/me/passkeys/challenge', { proof });
    const body = { challenge, name, response: await makePasskey(options) };
    const { recoveryCodes } = await api.post<{ recoveryCodes: readonly string[] | null }>(
      '/me/passkeys',
      body,
    );
    setChanging(undefined);
    onChanged(recoveryCodes);
  };
  const remove = async (id: string, proof: object) => {
    await api.delete(`/me/passkeys/${id}`, { proof });
    setChanging(undefined);
    onChanged();
  };
  return (
    <section class="card" aria-label="Passkeys">
      <h2>Passkeys</h2>
      <p class="muted">Sign in by finger, face or PIN. A passkey is also asked for besides the password.</p>
      <ul class="rows">
        {factors.passkeys.map(({ id, name, createdAt }) => (
          <li key={id} class="row">
            <span class="row-text">
              <strong class="clip">{name}</strong>
              <span class="small muted">since {fullTime(createdAt)}</span>
            </span>
            <button
              type="button"
              class="button compact danger"
              aria-label={`Remove ${name}`}
              onClick={() => setChanging({ remove: id })}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      {changing === 'add' && (
        <ProofForm
          factors={factors}
          button="Add passkey"
          onProof={(proof, { name = '' }) => add(proof, name)}
          onCancel={() => setChanging(undefined)}
        >
          <Field label="What to call it" name="name" maxLength={64} value="This device" required />
        </ProofForm>
      )}
      {typeof changing === 'object' && (
        <ProofForm
          key={changing.remove}
          factors={factors}
          button="Remove passkey"
          danger
          onProof={(proof) => remove(changing.remove, proof)}
          onCancel={() => setChanging(undefined)}
        />
      )}
      {changing === undefined && hasPasskeys() && (
        <div>
          <button type="button" class="button" onClick={() => setChanging('add')}>
            Add a passkey
          </button>
        </div>
      )}
    </section>
  );
}

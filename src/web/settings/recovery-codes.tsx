import { useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import type { FactorProps } from './authenticator-app.tsx';
import { ProofForm } from './proof-form.tsx';

export function RecoveryCodes({ factors, onChanged }: FactorProps) {
  const { api } = useApp();
  const [asking, setAsking] = useState(false);
  return (
    <section class="card" aria-label="Recovery codes left">
      <h2>Recovery codes</h2>
      <p class="muted">{factors.recoveryCodesLeft} left. New ones make those before useless.</p>
      {asking ? (
        <ProofForm
          factors={factors}
          button="Get new codes"
          onProof={async (proof) => {
            const { recoveryCodes } = await api.post<{ recoveryCodes: readonly string[] }>(
              '/me/recovery-codes',
              {
                proof,
              },
            );
            setAsking(false);
            onChanged(recoveryCodes);
          }}
          onCancel={() => setAsking(false)}
        />
      ) : (
        <div>
          <button type="button" class="button" onClick={() => setAsking(true)}>
            Get new codes
          </button>
        </div>
      )}
    </section>
  );
}

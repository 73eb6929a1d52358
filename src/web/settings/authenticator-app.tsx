import { useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import { Field } from '../ui/field.tsx';
import { useTold } from '../ui/use-told.ts';
import { ProofForm } from './proof-form.tsx';
import type { Factors } from './security.tsx';

export interface FactorProps {
  readonly factors: Factors;
  /** With the recovery codes that came with it, if any did. */
  onChanged(codes?: readonly string[] | null): void;
}

interface Offer {
  readonly secret: string;
  readonly uri: string;
}

export function AuthenticatorApp({ factors, onChanged }: FactorProps) {
  const { api } = useApp();
  const told = useTold();
  const [offer, setOffer] = useState<Offer>();
  const [ending, setEnding] = useState(false);
  const begin = () => told.run(async () => setOffer(await api.post<Offer>('/me/totp')));
  return (
    <section class="card" aria-label="Authenticator app">
      <h2>Authenticator app</h2>
      {factors.totp ? (
        <p>
          <span class="tag good">on</span> Signing in asks for a code of your app.
        </p>
      ) : (
        <p class="muted">A code of an app on your phone, asked for besides the password.</p>
      )}
      {offer !== undefined && (
        <>
          <p>
            Add this key to your app, or <a href={offer.uri}>open the app on this device</a>:
          </p>
          <p class="secret">{offer.secret}</p>
          <ProofForm
            factors={factors}
            button="Switch on"
            onProof={async (proof, { code }) => {
              const answer = await api.post<{ recoveryCodes: readonly string[] | null }>('/me/totp/confirm', {
                code,
                proof,
              });
              setOffer(undefined);
              onChanged(answer.recoveryCodes);
            }}
            onCancel={() => setOffer(undefined)}
          >
            <Field
              label="The six digits that the app shows"
              name="code"
              inputMode="numeric"
              autoComplete="off"
              required
            />
          </ProofForm>
        </>
      )}
      {ending && (
        <ProofForm
          factors={factors}
          button="Switch off"
          danger
          onProof={async (proof) => {
            await api.delete('/me/totp', { proof });
            setEnding(false);
            onChanged();
          }}
          onCancel={() => setEnding(false)}
        />
      )}
      {offer === undefined && !ending && (
        <div>
          <button
            type="button"
            class="button"
            disabled={told.busy}
            onClick={() => (factors.totp ? setEnding(true) : void begin())}
          >
            {factors.totp ? 'Switch off' : 'Switch on'}
          </button>
        </div>
      )}
    </section>
  );
}

import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp, useChat } from '../app-context.ts';
import type { OwnUser } from '../client/index.ts';
import { canGoElsewhere, goElsewhere, PROVIDER, type Return, takeReturn } from '../session/elsewhere.ts';
import { Problem } from '../ui/problem.tsx';
import { ago, fullTime } from '../ui/times.ts';
import { useAction } from '../ui/use-action.ts';
import type { FactorProps } from './authenticator-app.tsx';
import { ProofForm } from './proof-form.tsx';

const PATH = '/settings/security';

interface LinkedAccountsProps extends FactorProps {
  readonly me: OwnUser;
}

/** The accounts at an OpenID provider that let one in here. */
export function LinkedAccounts({ me, factors, onChanged }: LinkedAccountsProps) {
  const client = useChat();
  const { api, say } = useApp();
  const action = useAction();
  const [back, setBack] = useState(() => takeReturn(PATH));
  const [unlinking, setUnlinking] = useState<string>();
  const section = useRef<HTMLElement>(null);
  const link = async (proven: Return['proven'], proof: object) => {
    await api.post('/me/identities', { ...proven, proof });
    if (me.guest) client.setMe(await api.get<OwnUser>('/me'));
    setBack(undefined);
    onChanged();
    say(`You can sign in with ${PROVIDER} from now on.`);
  };
  useEffect(() => {
    // The last of the page, and there is no time to look for it.
    if (back !== undefined) section.current?.scrollIntoView();
    // A guest has nothing to prove it with.
    if (me.guest && back?.proven !== undefined)
      void action.run(() => link(back.proven, {})).then(() => setBack(undefined));
  }, []);
  if (!canGoElsewhere() && factors.identities.length === 0) return null;
  return (
    <section class="card" ref={section} aria-label="Accounts elsewhere">
      <h2>Accounts elsewhere</h2>
      <p class="muted">Whoever is signed in there can sign in here without a password.</p>
      {factors.identities.length > 0 && (
        <ul class="rows">
          {factors.identities.map(({ id, issuer, createdAt, lastUsedAt }) => (
            <li key={id} class="row">
              <span class="row-text">
                <strong class="clip">{issuer.replace(/^https?:\/\//, '')}</strong>
                <span class="small muted">
                  {lastUsedAt !== null && `used ${ago(lastUsedAt)} · `}since {fullTime(createdAt)}
                </span>
              </span>
              <button
                type="button"
                class="button compact danger"
                aria-label={`Unlink ${issuer}`}
                onClick={() => setUnlinking(id)}
              >
                Unlink
              </button>
            </li>
          ))}
        </ul>
      )}
      {unlinking !== undefined && (
        <ProofForm
          key={unlinking}
          factors={factors}
          button="Unlink account"
          danger
          onProof={async (proof) => {
            await api.delete(`/me/identities/${unlinking}`, { proof });
            setUnlinking(undefined);
            onChanged();
          }}
          onCancel={() => setUnlinking(undefined)}
        />
      )}
      <Problem text={action.problem ?? back?.problem} />
      {back?.proven !== undefined && !me.guest && (
        <>
          <p role="status">{PROVIDER} has said who you are. Say within a minute that it is you here, too.</p>
          <ProofForm
            factors={factors}
            button="Link account"
            onProof={(proof) => link(back.proven, proof)}
            onCancel={() => setBack(undefined)}
          />
        </>
      )}
      {back?.proven === undefined && unlinking === undefined && canGoElsewhere() && (
        <div>
          <button
            type="button"
            class="button"
            disabled={action.busy}
            onClick={() => void action.run(() => goElsewhere(PATH))}
          >
            {me.guest ? `Keep this account with ${PROVIDER}` : `Link an account at ${PROVIDER}`}
          </button>
        </div>
      )}
    </section>
  );
}

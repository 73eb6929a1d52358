import { useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import type { Page } from '../client/index.ts';
import { Icon } from '../ui/icons.tsx';
import { Confirm } from '../ui/modal.tsx';
import { ago, fullTime } from '../ui/times.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { useTold } from '../ui/use-told.ts';

interface Session {
  readonly id: string;
  readonly device: string;
  readonly place: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly current: boolean;
}

/** Where one is signed in. */
export function Devices() {
  const { api } = useApp();
  const told = useTold();
  const [asking, setAsking] = useState(false);
  const { value, problem, reload } = useLoaded(() => api.get<Page<Session>>('/sessions?limit=100'));
  const end = (path: string) => told.run(() => api.delete(path).then(reload));
  if (problem !== undefined) return <p class="form-error">{problem}</p>;
  if (value === undefined) return <span class="spinner" role="status" aria-label="Loading" />;
  return (
    <section class="section" aria-label="Devices">
      <p class="muted">Where you are signed in. What you do not know, sign out, and change your password.</p>
      <ul class="rows">
        {value.items.map(({ id, device, place, createdAt, lastUsedAt, current }) => (
          <li key={id} class="row">
            <Icon name="device" />
            <span class="row-text">
              <strong>
                <span class="clip">{device || 'Unnamed device'}</span>
                {current && <span class="tag good">this one</span>}
              </strong>
              <span class="small muted">
                {place !== null && `${place} · `}used {ago(lastUsedAt)} · since {fullTime(createdAt)}
              </span>
            </span>
            {!current && (
              <button
                type="button"
                class="button compact danger"
                disabled={told.busy}
                aria-label={`Sign out ${device || 'unnamed device'}`}
                onClick={() => void end(`/sessions/${id}`)}
              >
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
      {value.items.length > 1 && (
        <div>
          <button type="button" class="button danger" onClick={() => setAsking(true)}>
            Sign out everywhere else
          </button>
        </div>
      )}
      {asking && (
        <Confirm
          title="Sign out everywhere else?"
          text="All devices but this one are signed out at once."
          yes="Sign out"
          danger
          onYes={() => void end('/sessions')}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

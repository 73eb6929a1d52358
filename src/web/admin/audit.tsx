import { useApp } from '../app-context.ts';
import type { Page } from '../client/index.ts';
import { fullTime } from '../ui/times.ts';
import { useLoaded } from '../ui/use-loaded.ts';

interface AuditEntry {
  readonly id: number;
  readonly at: string;
  readonly action: string;
  readonly admin: { readonly username: string };
  readonly user: { readonly username: string };
  readonly address: string | null;
  readonly note: string;
}

/** What admins did, the latest first. */
export function Audit() {
  const { api } = useApp();
  const { value, problem } = useLoaded(() => api.get<Page<AuditEntry>>('/admin/audit?limit=50'));
  if (problem !== undefined) return <p class="form-error">{problem}</p>;
  if (value?.items.length === 0) return <p class="muted">No admin has changed anything yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways on a phone must be reachable by keys.
    <section class="table-wrap" aria-label="Audit log" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Admin</th>
            <th scope="col">Did</th>
            <th scope="col">To</th>
            <th scope="col">From</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {value?.items.map(({ id, at, action, admin, user, address, note }) => (
            <tr key={id}>
              <td>{fullTime(at)}</td>
              <td>@{admin.username}</td>
              <td>{action.replaceAll(/[_.-]/g, ' ')}</td>
              <td>@{user.username}</td>
              <td>{address ?? ''}</td>
              <td>{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

import { useEffect } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import { ago } from '../ui/times.ts';
import { useLoaded } from '../ui/use-loaded.ts';

interface Node {
  readonly id: string;
  readonly address: string | null;
  readonly startedAt: string;
  readonly leaseSeconds: number;
  readonly connections: number;
  readonly rooms: number;
  readonly lagMs: number;
  readonly answers: boolean;
}

const LOOK_AGAIN_MS = 3_000;

/** The nodes as they last said themselves, some seconds ago at the most. */
export function Nodes() {
  const { api } = useApp();
  const { value, problem, reload } = useLoaded(() => api.get<{ items: readonly Node[] }>('/admin/nodes'));
  useEffect(() => {
    const timer = setInterval(() => void reload(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [reload]);
  if (problem !== undefined) return <p class="form-error">{problem}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways on a phone must be reachable by keys.
    <section class="table-wrap" aria-label="Nodes" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Lease</th>
            <th scope="col" class="number">
              Connections
            </th>
            <th scope="col" class="number">
              Rooms
            </th>
            <th scope="col" class="number">
              Lag
            </th>
            <th scope="col">Started</th>
          </tr>
        </thead>
        <tbody>
          {value?.items.map(
            ({ id, address, startedAt, leaseSeconds, connections, rooms, lagMs, answers }) => (
              <tr key={id}>
                <td>
                  <strong>{address ?? 'this machine'}</strong>{' '}
                  {answers && <span class="tag">answers you</span>}
                  <br />
                  <span class="small muted">{id.slice(0, 8)}</span>
                </td>
                <td>
                  {leaseSeconds > 0 ? (
                    <span class="tag good">{leaseSeconds.toFixed(0)} s</span>
                  ) : (
                    <span class="tag bad">over for {(-leaseSeconds).toFixed(0)} s</span>
                  )}
                </td>
                <td class="number">{connections}</td>
                <td class="number">{rooms}</td>
                <td class="number">{lagMs} ms</td>
                <td>{ago(startedAt)}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}

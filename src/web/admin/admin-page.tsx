import { useMe } from '../app-context.ts';
import { BASE } from '../router.tsx';
import { Sheet, Tabs } from '../ui/sheet.tsx';
import { Audit } from './audit.tsx';
import { Nodes } from './nodes.tsx';
import { Users } from './users.tsx';

const TABS = [
  { to: '/admin', name: 'Users' },
  { to: '/admin/nodes', name: 'Nodes' },
  { to: '/admin/audit', name: 'Audit' },
];

/** For admins; the server refuses everybody else whatever this page shows. */
export function AdminPage({ path }: { readonly path: string }) {
  const me = useMe();
  if (!me?.admin) {
    return (
      <Sheet title="Admin">
        <p class="muted">This page is for admins.</p>
      </Sheet>
    );
  }
  return (
    <Sheet title="Admin" wide>
      <Tabs label="Admin" path={path} tabs={TABS} />
      {path === '/admin' && <Users />}
      {path === '/admin/nodes' && <Nodes />}
      {path === '/admin/audit' && <Audit />}
      <p class="muted">
        The rooms of all nodes: <a href={`${BASE}/monitor`}>the monitor</a>. It asks you to sign in once more.
      </p>
    </Sheet>
  );
}

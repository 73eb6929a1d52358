import { useMe } from '../app-context.ts';
import { Sheet, Tabs } from '../ui/sheet.tsx';
import { Appearance } from './appearance.tsx';
import { Devices } from './devices.tsx';
import { Profile } from './profile.tsx';
import { Security } from './security.tsx';

const TABS = [
  { to: '/settings', name: 'Profile' },
  { to: '/settings/devices', name: 'Devices' },
  { to: '/settings/security', name: 'Security' },
  { to: '/settings/appearance', name: 'This browser' },
];

export function SettingsPage({ path }: { readonly path: string }) {
  const me = useMe();
  if (me === null) return null;
  return (
    <Sheet title="Settings">
      <Tabs label="Settings" path={path} tabs={TABS} />
      {path === '/settings' && <Profile me={me} />}
      {path === '/settings/devices' && <Devices />}
      {path === '/settings/security' && <Security me={me} />}
      {path === '/settings/appearance' && <Appearance />}
    </Sheet>
  );
}

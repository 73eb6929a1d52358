import { useMe, useSnapshot } from '../app-context.ts';
import { Link } from '../router.tsx';
import { Logo } from '../session/entrance.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { requestsOf, unreadOf } from './counts.ts';

/** Where one can go: at the left, or at the bottom of a phone. */
export function Rail({ path }: { readonly path: string }) {
  const me = useMe();
  const unread = useSnapshot(unreadOf);
  const requests = useSnapshot(requestsOf);
  const isChats = path === '/' || path.startsWith('/c/') || path === '/new-group';
  return (
    <nav class="rail" aria-label="Main">
      <span class="rail-logo">
        <Logo />
      </span>
      <RailLink to="/" icon="chats" name="Chats" current={isChats} count={unread} what="unread" />
      <RailLink
        to="/people"
        icon="people"
        name="People"
        current={path.startsWith('/people')}
        count={requests}
        what="asking"
      />
      {me?.admin && <RailLink to="/admin" icon="shield" name="Admin" current={path.startsWith('/admin')} />}
      <RailLink to="/settings" icon="settings" name="Settings" current={path.startsWith('/settings')} />
      {me && (
        <Link to="/settings" class="rail-me">
          <Avatar name={me.displayName} picture={me.avatar} />
          <span class="hidden-text">Your profile, {me.displayName}</span>
        </Link>
      )}
    </nav>
  );
}

interface RailLinkProps {
  readonly to: string;
  readonly icon: IconName;
  readonly name: string;
  readonly current: boolean;
  readonly count?: number;
  /** What the count is of. */
  readonly what?: string;
}

function RailLink({ to, icon, name, current, count = 0, what }: RailLinkProps) {
  return (
    <Link to={to} class="rail-link" current={current}>
      <Icon name={icon} />
      <span>{name}</span>
      {count > 0 && (
        <span class="badge">
          {count > 99 ? '99+' : count}
          <span class="hidden-text"> {what}</span>
        </span>
      )}
    </Link>
  );
}

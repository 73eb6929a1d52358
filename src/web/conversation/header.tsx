import { useSnapshot } from '../app-context.ts';
import type { Conversation } from '../client/index.ts';
import { Link } from '../router.tsx';
import { nameOf } from '../shell/names.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icons.tsx';
import { ago } from '../ui/times.ts';

interface HeaderProps {
  readonly conversation: Conversation;
  onClose?: (() => void) | undefined;
}

export function Header({ conversation, onClose }: HeaderProps) {
  const { id, kind, peer } = conversation;
  const name = nameOf(conversation);
  const presence = useSnapshot((snapshot) => peer && snapshot.presence.get(peer.id));
  const isHere = useSnapshot(
    ({ room }) => room?.conversationId === id && peer !== null && room.online.has(peer.id),
  );
  const here = useSnapshot(({ room }) => (room?.conversationId === id ? room.online.size : 0));
  const online = kind === 'dialog' && (isHere || presence?.online === true);
  return (
    <header class="conversation-head">
      {onClose && (
        <button type="button" class="icon-button back" aria-label="Back to the chats" onClick={onClose}>
          <Icon name="back" />
        </button>
      )}
      <Link to={`/c/${id}/info`} class="conversation-about">
        <Avatar name={name} picture={peer?.avatar} group={kind === 'group'} online={online} />
        <span class="item-text">
          <h2 class="clip">{name}</h2>
          <span class="small muted clip">
            {kind === 'group'
              ? `${conversation.memberCount} ${conversation.memberCount === 1 ? 'member' : 'members'}${here > 1 ? `, ${here} online` : ''}`
              : online
                ? 'online'
                : presence?.lastSeenAt
                  ? `seen ${ago(presence.lastSeenAt)}`
                  : `@${peer?.username ?? ''}`}
          </span>
        </span>
      </Link>
      <Link to={`/c/${id}/info`} class="icon-button" aria-label={`About ${name}`} title="About">
        <Icon name="info" />
      </Link>
    </header>
  );
}

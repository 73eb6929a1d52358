import { useState } from 'preact/hooks';
import { useChat, useSnapshot } from '../app-context.ts';
import type { Conversation, Member, Role, Snapshot } from '../client/index.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icons.tsx';
import { Confirm } from '../ui/modal.tsx';
import { useTold } from '../ui/use-told.ts';

const ROLES: readonly Role[] = ['owner', 'admin', 'member'];

interface MemberRowProps {
  readonly member: Member;
  readonly conversation: Conversation;
  readonly isMe: boolean;
}

export function MemberRow({ member, conversation, isMe }: MemberRowProps) {
  const client = useChat();
  const told = useTold();
  const [removing, setRemoving] = useState(false);
  const { userId, displayName, username, role } = member;
  const online = useSnapshot((snapshot) => isOnline(userId, conversation.id, snapshot));
  const picture = useSnapshot(
    ({ me, people, friendships }) =>
      (isMe ? me : undefined) ??
      people.get(userId) ??
      [...friendships.values()].find(({ user }) => user.id === userId)?.user,
  )?.avatar;
  const mayRemove =
    !isMe && (conversation.role === 'owner' || (conversation.role === 'admin' && role === 'member'));
  return (
    <div class="row">
      <Avatar name={displayName} picture={picture} online={online} />
      <span class="row-text">
        <strong class="clip">{isMe ? `${displayName} (you)` : displayName}</strong>
        <span class="small muted clip">@{username}</span>
      </span>
      <span class="row-actions">
        {conversation.role === 'owner' ? (
          <select
            class="select"
            aria-label={`Role of ${displayName}`}
            value={role}
            disabled={told.busy}
            onChange={(event) => {
              const chosen = event.currentTarget.value as Role;
              void told.run(() => client.setRole(conversation.id, userId, chosen));
            }}
          >
            {ROLES.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        ) : (
          role !== 'member' && <span class="tag">{role}</span>
        )}
        {mayRemove && (
          <button
            type="button"
            class="icon-button"
            aria-label={`Remove ${displayName}`}
            title="Remove"
            onClick={() => setRemoving(true)}
          >
            <Icon name="close" />
          </button>
        )}
      </span>
      {removing && (
        <Confirm
          title={`Remove ${displayName}?`}
          text="They do not see the group any more. What they said stays."
          yes="Remove"
          danger
          onYes={() => void told.run(() => client.removeMember(conversation.id, userId))}
          onClose={() => setRemoving(false)}
        />
      )}
    </div>
  );
}

function isOnline(userId: string, conversationId: string, { presence, room, me }: Snapshot): boolean {
  if (userId === me?.id) return true;
  const here = room?.conversationId === conversationId && room.online.has(userId);
  return here || (presence.get(userId)?.online ?? false);
}

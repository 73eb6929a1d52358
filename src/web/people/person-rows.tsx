import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useChat, useSnapshot } from '../app-context.ts';
import type { Friendship, User } from '../client/index.ts';
import { navigate } from '../router.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icons.tsx';
import { Confirm } from '../ui/modal.tsx';
import { ago } from '../ui/times.ts';
import { useTold } from '../ui/use-told.ts';

interface PersonRowProps {
  readonly user: User;
  readonly about?: ComponentChildren;
  readonly children?: ComponentChildren;
}

export function PersonRow({ user, about, children }: PersonRowProps) {
  const online = useSnapshot(({ presence }) => presence.get(user.id)?.online ?? false);
  return (
    <div class="row">
      <Avatar name={user.displayName} picture={user.avatar} online={online} />
      <span class="row-text">
        <strong>
          <span class="clip">{user.displayName}</span>
          {user.bot && <span class="tag">bot</span>}
        </strong>
        <span class="small muted clip">
          @{user.username}
          {about !== undefined && <> · {about}</>}
        </span>
      </span>
      <span class="row-actions">{children}</span>
    </div>
  );
}

/** Opens the dialog with them. */
function WriteButton({ user }: { readonly user: User }) {
  const client = useChat();
  const told = useTold();
  const write = () => told.run(async () => navigate(`/c/${await client.openDialog({ userId: user.id })}`));
  return (
    <button
      type="button"
      class="button compact"
      disabled={told.busy}
      aria-label={`Message ${user.displayName}`}
      onClick={() => void write()}
    >
      Message
    </button>
  );
}

export function Friend({ friendship: { id, user } }: { readonly friendship: Friendship }) {
  const client = useChat();
  const told = useTold();
  const [asking, setAsking] = useState<'unfriend' | 'block'>();
  const presence = useSnapshot((snapshot) => snapshot.presence.get(user.id));
  const about = presence?.online
    ? 'online'
    : presence?.lastSeenAt
      ? `seen ${ago(presence.lastSeenAt)}`
      : undefined;
  return (
    <PersonRow user={user} about={about}>
      <WriteButton user={user} />
      <button
        type="button"
        class="button compact quiet"
        aria-label={`Unfriend ${user.displayName}`}
        onClick={() => setAsking('unfriend')}
      >
        Unfriend
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={`Block ${user.displayName}`}
        title="Block"
        onClick={() => setAsking('block')}
      >
        <Icon name="block" />
      </button>
      {asking === 'unfriend' && (
        <Confirm
          title={`Unfriend ${user.displayName}?`}
          text="Your conversation stays. They are not told."
          yes="Unfriend"
          danger
          onYes={() => void told.run(() => client.endFriendship(id))}
          onClose={() => setAsking(undefined)}
        />
      )}
      {asking === 'block' && (
        <Confirm
          title={`Block ${user.displayName}?`}
          text="Neither of you can write to the other, and you are no longer friends. You can take it back."
          yes="Block"
          danger
          onYes={() => void told.run(() => client.block(user.id))}
          onClose={() => setAsking(undefined)}
        />
      )}
    </PersonRow>
  );
}

/** Somebody who asks. */
export function Request({ friendship: { id, user, askedAt } }: { readonly friendship: Friendship }) {
  const client = useChat();
  const told = useTold();
  const answer = (status: 'accepted' | 'rejected') => told.run(() => client.answerFriend(id, status));
  return (
    <PersonRow user={user} about={ago(askedAt)}>
      <button
        type="button"
        class="button compact primary"
        disabled={told.busy}
        aria-label={`Accept ${user.displayName}`}
        onClick={() => void answer('accepted')}
      >
        Accept
      </button>
      <button
        type="button"
        class="button compact"
        disabled={told.busy}
        aria-label={`Reject ${user.displayName}`}
        onClick={() => void answer('rejected')}
      >
        Reject
      </button>
    </PersonRow>
  );
}

/** Somebody, whatever they are to one. */
export function FoundPerson({ user }: { readonly user: User }) {
  const client = useChat();
  const told = useTold();
  const blocked = useSnapshot((snapshot) => snapshot.blocks.has(user.id));
  const friendship = useSnapshot((snapshot) =>
    [...snapshot.friendships.values()].find((each) => each.user.id === user.id),
  );
  if (blocked) return <BlockedPerson user={user} />;
  if (friendship?.status === 'accepted') return <Friend friendship={friendship} />;
  if (friendship?.status === 'pending' && friendship.requesterId === user.id)
    return <Request friendship={friendship} />;
  const isAsked = friendship?.status === 'pending';
  const ask = () => client.askFriend({ userId: user.id });
  return (
    <PersonRow user={user} about={isAsked ? 'asked' : undefined}>
      <WriteButton user={user} />
      <button
        type="button"
        class={`button compact ${isAsked ? 'quiet' : 'primary'}`}
        disabled={told.busy}
        aria-label={isAsked ? `Withdraw, ${user.displayName}` : `Add friend ${user.displayName}`}
        onClick={() => void told.run(isAsked ? () => client.endFriendship(friendship.id) : ask)}
      >
        {isAsked ? 'Withdraw' : 'Add friend'}
      </button>
    </PersonRow>
  );
}

export function BlockedPerson({ user }: { readonly user: User }) {
  const client = useChat();
  const told = useTold();
  return (
    <PersonRow user={user} about="blocked">
      <button
        type="button"
        class="button compact"
        disabled={told.busy}
        aria-label={`Unblock ${user.displayName}`}
        onClick={() => void told.run(() => client.unblock(user.id))}
      >
        Unblock
      </button>
    </PersonRow>
  );
}

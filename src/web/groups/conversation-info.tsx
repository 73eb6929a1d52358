import { useEffect } from 'preact/hooks';
import { useChat, useSnapshot } from '../app-context.ts';
import type { Conversation } from '../client/index.ts';
import { FoundPerson } from '../people/person-rows.tsx';
import { navigate } from '../router.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useTold } from '../ui/use-told.ts';
import { GroupInfo } from './group-info.tsx';

/** What one can see and change of a conversation besides what is said in it. */
export function ConversationInfoPage({ id }: { readonly id: string }) {
  const client = useChat();
  const conversation = useSnapshot((snapshot) => snapshot.conversations.get(id));
  const loaded = useSnapshot((snapshot) => snapshot.loaded);
  useEffect(() => void client.open(id), [client, id]);
  useEffect(() => {
    if (loaded && conversation === undefined) navigate('/', { replace: true });
  }, [loaded, conversation]);
  if (conversation === undefined) return null;
  const isGroup = conversation.kind === 'group';
  return (
    <Sheet title={isGroup ? 'About this group' : 'About this chat'} back={`/c/${id}`}>
      {isGroup ? <GroupInfo conversation={conversation} /> : <DialogInfo conversation={conversation} />}
      <Mute conversation={conversation} />
    </Sheet>
  );
}

function DialogInfo({ conversation: { peer } }: { readonly conversation: Conversation }) {
  if (peer === null) return null;
  return (
    <>
      <div class="face">
        <Avatar name={peer.displayName} picture={peer.avatar} size="large" />
        <div class="face-text">
          <h2>{peer.displayName}</h2>
          <span class="muted">@{peer.username}</span>
        </div>
      </div>
      <FoundPerson user={peer} />
    </>
  );
}

function Mute({ conversation: { id, muted } }: { readonly conversation: Conversation }) {
  const client = useChat();
  const told = useTold();
  return (
    <section class="section">
      <h2>Notifications</h2>
      <p class="muted">
        {muted ? 'This conversation is muted: it counts quietly.' : 'You are told of new messages here.'}
      </p>
      <div>
        <button
          type="button"
          class="button"
          disabled={told.busy}
          onClick={() => void told.run(() => client.mute(id, !muted))}
        >
          {muted ? 'Unmute' : 'Mute'}
        </button>
      </div>
    </section>
  );
}

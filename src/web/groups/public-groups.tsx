import { useChat, useSnapshot } from '../app-context.ts';
import type { ConversationInfo } from '../client/index.ts';
import { navigate } from '../router.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { useFound } from '../ui/use-found.ts';
import { useTold } from '../ui/use-told.ts';

interface PublicGroup extends ConversationInfo {
  readonly memberCount: number;
  readonly joined: boolean;
}

export function PublicGroups({ words }: { readonly words: string }) {
  const groups = useFound<PublicGroup>(words, (query) => `/groups?query=${query}&limit=20`);
  if (groups === undefined || groups.length === 0) return null;
  return (
    <section class="section" aria-label="Public groups">
      <h2>Public groups</h2>
      <ul class="rows">
        {groups.map((group) => (
          <li key={group.id}>
            <GroupRow group={group} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function GroupRow({ group: { id, name, memberCount } }: { readonly group: PublicGroup }) {
  const client = useChat();
  const told = useTold();
  const isIn = useSnapshot((snapshot) => snapshot.conversations.has(id));
  const enter = () =>
    told.run(async () => {
      if (!isIn) await client.joinGroup(id);
      navigate(`/c/${id}`);
    });
  return (
    <div class="row">
      <Avatar name={name} group />
      <span class="row-text">
        <strong class="clip">{name}</strong>
        <span class="small muted">{memberCount === 1 ? 'one member' : `${memberCount} members`}</span>
      </span>
      <span class="row-actions">
        <button
          type="button"
          class={`button compact ${isIn ? '' : 'primary'}`}
          disabled={told.busy}
          aria-label={`${isIn ? 'Open' : 'Join'} ${name}`}
          onClick={() => void enter()}
        >
          {isIn ? 'Open' : 'Join'}
        </button>
      </span>
    </div>
  );
}

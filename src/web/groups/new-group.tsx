import { useState } from 'preact/hooks';
import { useChat } from '../app-context.ts';
import type { User } from '../client/index.ts';
import { navigate } from '../router.tsx';
import { Problem } from '../ui/problem.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useAction } from '../ui/use-action.ts';
import { GroupFields, groupOf } from './group-fields.tsx';
import { PeoplePicker } from './people-picker.tsx';

export function NewGroup() {
  const client = useChat();
  const action = useAction();
  const [picked, setPicked] = useState<readonly User[]>([]);
  const submit = (event: Event) => {
    const group = groupOf(event);
    return action.run(async () => {
      const members = picked.map(({ id }) => id);
      navigate(`/c/${await client.createGroup({ ...group, members })}`, { replace: true });
    });
  };
  return (
    <Sheet title="New group" back="/">
      <form class="form" onSubmit={(event) => void submit(event)}>
        <GroupFields action={action} />
        <h2>Members</h2>
        <PeoplePicker picked={picked} onChange={setPicked} />
        <Problem text={action.problem} />
        <button type="submit" class="button primary wide" disabled={action.busy}>
          Create group
        </button>
      </form>
    </Sheet>
  );
}

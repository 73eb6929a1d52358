import { useState } from 'preact/hooks';
import { useChat } from '../app-context.ts';
import type { User, Visibility } from '../client/index.ts';
import { navigate } from '../router.tsx';
import { Field } from '../ui/field.tsx';
import { Problem } from '../ui/problem.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { fieldsOf, useAction } from '../ui/use-action.ts';
import { PeoplePicker } from './people-picker.tsx';
import { VisibilityChoice } from './visibility-choice.tsx';

export function NewGroup() {
  const client = useChat();
  const action = useAction();
  const [picked, setPicked] = useState<readonly User[]>([]);
  const [visibility, setVisibility] = useState<Visibility>('private');
  const submit = (event: Event) => {
    const { name = '' } = fieldsOf(event);
    return action.run(async () => {
      const members = picked.map(({ id }) => id);
      navigate(`/c/${await client.createGroup({ name, visibility, members })}`, { replace: true });
    });
  };
  return (
    <Sheet title="New group" back="/">
      <form class="form" onSubmit={(event) => void submit(event)}>
        <Field
          label="Name"
          name="name"
          maxLength={100}
          placeholder="Sunday hike"
          autoComplete="off"
          error={action.problemOf('name')}
          autoFocus
          required
        />
        <VisibilityChoice value={visibility} onChange={setVisibility} />
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

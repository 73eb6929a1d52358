import type { GroupFacts } from '../client/index.ts';
import { Field } from '../ui/field.tsx';
import { type Action, fieldsOf } from '../ui/use-action.ts';
import { VisibilityChoice } from './visibility-choice.tsx';

interface GroupFieldsProps {
  /** As it is; a new one is not yet. */
  readonly group?: GroupFacts;
  readonly action: Action;
}

/** What a group is called, what it is about and who may join. */
export function GroupFields({ group, action }: GroupFieldsProps) {
  return (
    <>
      <Field
        label="Name"
        name="name"
        value={group?.name}
        maxLength={100}
        placeholder="Sunday hike"
        autoComplete="off"
        error={action.problemOf('name')}
        autoFocus
        required
      />
      <label class="field">
        <span>Description</span>
        <textarea
          class="input"
          name="description"
          rows={2}
          maxLength={500}
          defaultValue={group?.description}
        />
      </label>
      <VisibilityChoice first={group?.visibility ?? 'private'} />
    </>
  );
}

export function groupOf(event: Event): GroupFacts {
  const { name = '', description = '', visibility } = fieldsOf(event);
  return { name, description, visibility: visibility === 'public' ? 'public' : 'private' };
}

import { useState } from 'preact/hooks';
import { useMe, useSnapshot } from '../app-context.ts';
import type { User } from '../client/index.ts';
import { fits } from '../shell/names.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Search } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { useFound } from '../ui/use-found.ts';

interface PeoplePickerProps {
  readonly picked: readonly User[];
  /** Those who need not be offered: they are in it already. */
  readonly without?: ReadonlySet<string>;
  onChange(picked: readonly User[]): void;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Friends first; whoever else is found by name. */
export function PeoplePicker({ picked, without = NOBODY, onChange }: PeoplePickerProps) {
  const me = useMe();
  const friendships = useSnapshot((snapshot) => snapshot.friendships);
  const [typed, setTyped] = useState('');
  const found = useFound<User>(typed, (query) => `/users?query=${query}&limit=20`) ?? [];
  const friends = [...friendships.values()]
    .filter(
      ({ status, user }) => status === 'accepted' && fits(typed.trim(), user.displayName, user.username),
    )
    .map(({ user }) => user);
  const isPicked = (id: string): boolean => picked.some((user) => user.id === id);
  const offered = [...new Map([...friends, ...found].map((user) => [user.id, user])).values()].filter(
    ({ id }) => id !== me?.id && !without.has(id),
  );
  return (
    <div class="section">
      <Search label="Find people to add" value={typed} onInput={setTyped} />
      {picked.length > 0 && (
        <div class="chips">
          {picked.map((user) => (
            <button
              key={user.id}
              type="button"
              class="chip"
              aria-label={`Leave out ${user.displayName}`}
              onClick={() => onChange(picked.filter(({ id }) => id !== user.id))}
            >
              <Avatar name={user.displayName} picture={user.avatar} size="small" />
              {user.displayName}
              <Icon name="close" />
            </button>
          ))}
        </div>
      )}
      <ul class="rows">
        {offered.map((user) => (
          <li key={user.id} class="row">
            <Avatar name={user.displayName} picture={user.avatar} />
            <span class="row-text">
              <strong class="clip">{user.displayName}</strong>
              <span class="small muted clip">@{user.username}</span>
            </span>
            <button
              type="button"
              class="button compact"
              aria-pressed={isPicked(user.id)}
              aria-label={`Add ${user.displayName}`}
              onClick={() =>
                onChange(isPicked(user.id) ? picked.filter(({ id }) => id !== user.id) : [...picked, user])
              }
            >
              {isPicked(user.id) ? <Icon name="check" /> : 'Add'}
            </button>
          </li>
        ))}
      </ul>
      {offered.length === 0 && <p class="muted">Type a name to find people.</p>}
    </div>
  );
}

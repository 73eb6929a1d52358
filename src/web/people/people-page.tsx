import { useState } from 'preact/hooks';
import { useMe, useSnapshot } from '../app-context.ts';
import type { Friendship, User } from '../client/index.ts';
import { PublicGroups } from '../groups/public-groups.tsx';
import { Search } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useFound } from '../ui/use-found.ts';
import { Invitations } from './invitations.tsx';
import { BlockedPerson, FoundPerson, Friend, Request } from './person-rows.tsx';

/** Whom one knows, who asks, and whom one could ask. */
export function PeoplePage() {
  const [typed, setTyped] = useState('');
  return (
    <Sheet title="People">
      <Search label="Find people and public groups" value={typed} onInput={setTyped} />
      {typed.trim() === '' ? <Known /> : <Found words={typed} />}
    </Sheet>
  );
}

function Found({ words }: { readonly words: string }) {
  const me = useMe();
  const found = useFound<User>(words, (query) => `/users?query=${query}&limit=20`);
  const people = found?.filter(({ id }) => id !== me?.id);
  return (
    <>
      <section class="section" aria-label="People found">
        <h2>People</h2>
        {people?.length === 0 && <p class="muted">Nobody’s name begins like this.</p>}
        <ul class="rows">
          {people?.map((user) => (
            <li key={user.id}>
              <FoundPerson user={user} />
            </li>
          ))}
        </ul>
      </section>
      <PublicGroups words={words} />
    </>
  );
}

function Known() {
  const me = useMe();
  const friendships = useSnapshot((snapshot) => snapshot.friendships);
  const presence = useSnapshot((snapshot) => snapshot.presence);
  const blocks = useSnapshot((snapshot) => snapshot.blocks);
  const all = [...friendships.values()];
  const asking = all.filter(({ status, addresseeId }) => status === 'pending' && addresseeId === me?.id);
  const asked = all.filter(({ status, requesterId }) => status === 'pending' && requesterId === me?.id);
  const rank = ({ user }: Friendship): string =>
    `${presence.get(user.id)?.online ? 0 : 1}${user.displayName.toLowerCase()}`;
  const friends = all
    .filter(({ status }) => status === 'accepted')
    .sort((one, other) => rank(one).localeCompare(rank(other)));
  return (
    <>
      {asking.length > 0 && (
        <section class="card soft" aria-label="Friend requests">
          <h2>They would like to be your friends</h2>
          <ul>
            {asking.map((friendship) => (
              <li key={friendship.id}>
                <Request friendship={friendship} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="section" aria-label="Friends">
        <h2>Friends</h2>
        {friends.length === 0 && (
          <div class="empty">
            <Icon name="people" />
            <p>Nobody here yet. Find somebody by name, and ask.</p>
          </div>
        )}
        <ul class="rows">
          {friends.map((friendship) => (
            <li key={friendship.id}>
              <Friend friendship={friendship} />
            </li>
          ))}
        </ul>
      </section>
      {asked.length > 0 && (
        <section class="section" aria-label="Requests you made">
          <h2>You have asked</h2>
          <ul class="rows">
            {asked.map((friendship) => (
              <li key={friendship.id}>
                <FoundPerson user={friendship.user} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {me !== null && <Invitations me={me} />}
      {blocks.size > 0 && (
        <section class="section" aria-label="Blocked people">
          <h2>Blocked</h2>
          <ul class="rows">
            {[...blocks.values()].map((user) => (
              <li key={user.id}>
                <BlockedPerson user={user} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

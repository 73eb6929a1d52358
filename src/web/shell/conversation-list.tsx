import { useMemo, useState } from 'preact/hooks';
import { useSnapshot } from '../app-context.ts';
import type { Conversation } from '../client/index.ts';
import { Link } from '../router.tsx';
import { Search } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { ConversationItem } from './conversation-item.tsx';
import { fits, nameOf } from './names.ts';

interface ConversationListProps {
  readonly openId: string | undefined;
}

/** All conversations, the one with the latest message first. */
export function ConversationList({ openId }: ConversationListProps) {
  const conversations = useSnapshot((snapshot) => snapshot.conversations);
  const loaded = useSnapshot((snapshot) => snapshot.loaded);
  const [typed, setTyped] = useState('');
  const shown = useMemo(
    () =>
      [...conversations.values()]
        .filter((each) => fits(typed.trim(), nameOf(each), each.peer?.username ?? ''))
        .sort((one, other) => lastAt(other).localeCompare(lastAt(one))),
    [conversations, typed],
  );
  return (
    <section class="list" aria-label="Conversations">
      <header class="list-head">
        <h1>Chats</h1>
        <Link to="/new-group" class="icon-button" aria-label="New group" title="New group">
          <Icon name="add" />
        </Link>
        <Search label="Search chats" value={typed} onInput={setTyped} />
      </header>
      {shown.length > 0 && (
        <ul class="list-items">
          {shown.map((conversation) => (
            <li key={conversation.id}>
              <ConversationItem conversation={conversation} isOpen={conversation.id === openId} />
            </li>
          ))}
        </ul>
      )}
      {shown.length === 0 && loaded && (
        <div class="empty">
          <p>{typed === '' ? 'No conversations yet.' : 'Nothing found.'}</p>
          <Link to="/people" class="button primary">
            Find people
          </Link>
        </div>
      )}
      {!loaded && (
        <div class="empty" aria-busy="true">
          <span class="spinner" />
        </div>
      )}
    </section>
  );
}

/** What somebody said counts; that they read it does not. */
function lastAt({ lastMessage, changedAt }: Conversation): string {
  return lastMessage?.sentAt ?? changedAt;
}

import { useMe, useSnapshot } from '../app-context.ts';
import type { Conversation, Message, Snapshot } from '../client/index.ts';
import { Link } from '../router.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icons.tsx';
import { shortTime } from '../ui/times.ts';
import { nameOf } from './names.ts';

interface ConversationItemProps {
  readonly conversation: Conversation;
  readonly isOpen: boolean;
}

export function ConversationItem({ conversation, isOpen }: ConversationItemProps) {
  const { id, kind, peer, lastMessage, unreadCount, muted } = conversation;
  const me = useMe();
  const online = useSnapshot(({ presence }) => (peer && presence.get(peer.id)?.online) ?? false);
  const typing = useSnapshot((snapshot) => (snapshot.typing.get(id)?.size ?? 0) > 0);
  const waiting = useSnapshot((snapshot) => snapshot.outbox.get(id)?.at(-1)?.text);
  const sender = useSnapshot((snapshot) => senderOf(conversation, snapshot));
  const said = waiting ?? (lastMessage && summaryOf(lastMessage));
  const mine = waiting !== undefined || lastMessage?.senderId === me?.id;
  return (
    <Link to={`/c/${id}`} class="item" current={isOpen}>
      <Avatar name={nameOf(conversation)} picture={peer?.avatar} group={kind === 'group'} online={online} />
      <span class="item-text">
        <span class="item-line">
          <strong class="clip">{nameOf(conversation)}</strong>
          {muted && <Icon name="mute" />}
          {lastMessage && <time dateTime={lastMessage.sentAt}>{shortTime(lastMessage.sentAt)}</time>}
        </span>
        <span class="item-line">
          <span class="clip muted">
            {typing ? <em>typing…</em> : said ? `${mine ? 'You: ' : sender}${said}` : 'No messages yet'}
          </span>
          {unreadCount > 0 && (
            <span class={`badge ${muted ? 'quiet' : ''}`}>
              {unreadCount > 99 ? '99+' : unreadCount}
              <span class="hidden-text"> unread</span>
            </span>
          )}
        </span>
      </span>
    </Link>
  );
}

function summaryOf({ text, attachments, deletedAt }: Message): string {
  if (deletedAt !== null) return 'Message deleted';
  if (text !== '') return text;
  const [first] = attachments;
  if (first === undefined) return '';
  return first.type.startsWith('image/') ? 'Picture' : first.name;
}

/** In groups one wants to know who; of people of whom nothing is in memory it is not asked for this alone. */
function senderOf({ id, kind, lastMessage }: Conversation, { threads, friendships }: Snapshot): string {
  if (kind !== 'group' || lastMessage === null) return '';
  const { senderId } = lastMessage;
  const friend = [...friendships.values()].find(({ user }) => user.id === senderId)?.user;
  const name = threads.get(id)?.members.get(senderId)?.displayName ?? friend?.displayName;
  return name === undefined ? '' : `${name}: `;
}

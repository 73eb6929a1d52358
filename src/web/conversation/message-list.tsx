import type { TargetedKeyboardEvent, TargetedMouseEvent } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useChat, useMe, useSnapshot } from '../app-context.ts';
import type { Conversation, Message, Pending } from '../client/index.ts';
import { Icon } from '../ui/icons.tsx';
import { dayName } from '../ui/times.ts';
import { MessageRow } from './message-row.tsx';
import { PendingBubble } from './pending-bubble.tsx';
import { rowsOf } from './rows.ts';
import { othersIn, tickOf } from './ticks.ts';
import { messagesIn, useScroll } from './use-scroll.ts';
import { useSenders } from './use-senders.ts';
import { useUnreadLine } from './use-unread-line.ts';

interface MessageListProps {
  readonly conversation: Conversation;
  onReply(message: Message): void;
  onEdit(message: Message): void;
  /** Back to where one writes. */
  onLeave(): void;
}

const NOTHING: readonly Pending[] = [];

export function MessageList({ conversation, onReply, onEdit, onLeave }: MessageListProps) {
  const { id, unreadCount } = conversation;
  const client = useChat();
  const me = useMe()?.id;
  const thread = useSnapshot(({ threads }) => threads.get(id));
  const pending = useSnapshot(({ outbox }) => outbox.get(id)) ?? NOTHING;
  const readTo = useUnreadLine(client, id);
  const [active, setActive] = useState<number>();
  const box = useRef<HTMLDivElement>(null);
  const { onScroll, isAway, toEnd } = useScroll({ box, client, conversation, thread });
  const written = pending.at(-1)?.clientId;
  useEffect(() => {
    // Whoever writes wants to see it, however far up they are.
    if (written !== undefined) void toEnd();
  }, [written]);
  const messages = thread?.messages;
  const rows = useMemo(() => rowsOf(messages ?? [], readTo, me), [messages, readTo, me]);
  const others = useMemo(() => othersIn(conversation, thread, me), [conversation, thread?.members, me]);
  const senderOf = useSenders(id, messages ?? [], me);

  return (
    <div class="messages-frame">
      <div
        class="messages"
        ref={box}
        role="log"
        // What comes is told elsewhere: here it would also tell the history, page by page.
        aria-live="off"
        aria-label="Messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled must be reached by the keyboard.
        tabIndex={0}
        aria-busy={!thread?.loaded}
        onScroll={onScroll}
        onPointerOver={(event) => setActive(seqAt(event.target))}
        onPointerLeave={() => setActive(undefined)}
        onFocusIn={(event) => setActive(seqAt(event.target))}
        onClick={(event) => follow(event, box.current)}
        onKeyDown={(event) => move(event, box.current, onLeave)}
      >
        {thread?.loaded && messages?.length === 0 && pending.length === 0 && (
          <p class="empty">No messages yet. Say hello!</p>
        )}
        {!thread?.loaded && (
          <div class="empty">
            <span class="spinner" />
          </div>
        )}
        <ol>
          {rows.map((row) => {
            if (row.kind === 'day') return <DayLine key={row.key} at={row.at} />;
            if (row.kind === 'unread') return <UnreadLine key={row.key} />;
            const { key, message, begins } = row;
            const own = message.senderId === me;
            return (
              <MessageRow
                key={key}
                {...{ conversation, message, begins, onReply, onEdit }}
                sender={own ? undefined : senderOf(message.senderId)}
                tick={own ? tickOf(message.seq, others) : undefined}
                active={active === message.seq}
              />
            );
          })}
          {pending.map((each) => (
            <li key={each.clientId} class="message own begins">
              <PendingBubble pending={each} />
            </li>
          ))}
        </ol>
      </div>
      {isAway && thread?.loaded && (
        <button type="button" class="to-end" aria-label="To the newest messages" onClick={() => void toEnd()}>
          <Icon name="down" />
          {unreadCount > 0 && <span class="badge">{unreadCount > 99 ? '99+' : unreadCount}</span>}
        </button>
      )}
    </div>
  );
}

function DayLine({ at }: { readonly at: string }) {
  return (
    <li class="day">
      <time dateTime={at}>{dayName(at)}</time>
    </li>
  );
}

function UnreadLine() {
  return (
    <li class="unread-line" data-unread>
      <span>New messages</span>
    </li>
  );
}

function itemAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-seq]') : null;
}

function seqAt(target: EventTarget | null): number | undefined {
  const seq = itemAt(target)?.dataset.seq;
  return seq === undefined ? undefined : Number(seq);
}

/** A quote leads to what it quotes, if that is near. */
function follow({ target }: TargetedMouseEvent<HTMLElement>, box: HTMLElement | null): void {
  const to = target instanceof Element ? target.closest<HTMLElement>('[data-to]')?.dataset.to : undefined;
  const item = to === undefined ? null : box?.querySelector<HTMLElement>(`[data-seq="${to}"]`);
  item?.scrollIntoView({ block: 'center' });
  item?.focus({ preventScroll: true });
}

/** One stop for the tabulator, and the arrows from one message to the next. */
function move(event: TargetedKeyboardEvent<HTMLElement>, box: HTMLElement | null, leave: () => void): void {
  if (event.key === 'Escape') leave();
  if (!box || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
  const items = messagesIn(box);
  const at = items.indexOf(itemAt(event.target)!);
  const next = event.key === 'ArrowUp' ? (at < 0 ? items.length : at) - 1 : at + 1;
  if (at < 0 && event.key === 'ArrowDown') return;
  event.preventDefault();
  items[next]?.focus();
}

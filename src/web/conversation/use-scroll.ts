import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChatClient, Conversation, Thread } from '../client/index.ts';

/** Nearer to the end than this is at the end. */
const END_PX = 60;
/** More is read when less than this is left to scroll. */
const AHEAD_PX = 1_200;
/** Where the first unread message comes to stand: what was said before it stays in sight. */
const UNREAD_AT = 0.25;

interface ScrollNeeds {
  readonly box: RefObject<HTMLElement | null>;
  readonly client: ChatClient;
  readonly conversation: Conversation;
  readonly thread: Thread | undefined;
}

interface Anchor {
  readonly seq: string;
  /** From the upper edge of what is seen. */
  readonly top: number;
}

/**
 * Keeps what is read where it is, while older messages come in above it and newer ones below, and far ones go; at the
 * end it keeps to the end. Reads more before the reader gets there, and says what was read.
 */
export function useScroll({ box, client, conversation, thread }: ScrollNeeds) {
  const { id, lastSeq } = conversation;
  const atEnd = useRef(true);
  const anchor = useRef<Anchor | undefined>(undefined);
  const placed = useRef(false);
  const [isAway, setAway] = useState(false);

  const first = thread?.messages[0]?.seq ?? 0;
  const last = thread?.messages.at(-1)?.seq ?? 0;
  const hasNewer = last < lastSeq;

  const look = (): void => {
    const element = box.current;
    if (!element || !placed.current) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const left = scrollHeight - scrollTop - clientHeight;
    atEnd.current = left < END_PX && !hasNewer;
    setAway(!atEnd.current);
    const seen = messagesIn(element).filter((item) => isSeen(item, element));
    anchor.current = seen[0] && { seq: seen[0].dataset.seq!, top: seen[0].offsetTop - scrollTop };
    // Offline it stays as it is, and is asked again with the next move.
    if (scrollTop < AHEAD_PX && first > 1) client.loadOlder(id).catch(() => {});
    if (left < AHEAD_PX && hasNewer) client.loadNewer(id).catch(() => {});
    const lastSeen = seen.at(-1)?.dataset.seq;
    if (lastSeen !== undefined && isWatched()) client.markRead(id, Number(lastSeen));
  };
  const latest = useRef(look);
  latest.current = look;

  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !thread?.loaded) return;
    const unread = element.querySelector<HTMLElement>('[data-unread]');
    if (!placed.current && unread) {
      element.scrollTop = unread.offsetTop - element.clientHeight * UNREAD_AT;
    } else if (!placed.current || atEnd.current) element.scrollTop = element.scrollHeight;
    else keep(element, anchor.current);
    placed.current = true;
    latest.current();
  });

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const stay = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    stay.observe(element);
    const watch = (): void => latest.current();
    window.addEventListener('focus', watch);
    document.addEventListener('visibilitychange', watch);
    return () => {
      stay.disconnect();
      window.removeEventListener('focus', watch);
      document.removeEventListener('visibilitychange', watch);
    };
  }, []);

  /** Also when the end is not in memory. */
  const toEnd = async (): Promise<void> => {
    if (hasNewer) await client.loadNewest(id).catch(() => {});
    atEnd.current = true;
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
    latest.current();
  };

  return { onScroll: look, isAway, toEnd };
}

export function messagesIn(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>('[data-seq]')];
}

function isSeen({ offsetTop, offsetHeight }: HTMLElement, { scrollTop, clientHeight }: HTMLElement): boolean {
  return offsetTop + offsetHeight > scrollTop && offsetTop < scrollTop + clientHeight;
}

function keep(element: HTMLElement, anchor: Anchor | undefined): void {
  const item = anchor && element.querySelector<HTMLElement>(`[data-seq="${anchor.seq}"]`);
  if (item) element.scrollTop = item.offsetTop - anchor.top;
}

/** Somebody looks at the page: what is on the screen of a page in the background is not read. */
function isWatched(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

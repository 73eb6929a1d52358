import { useEffect } from 'preact/hooks';
import { useChat } from '../app-context.ts';
import type { Conversation, Snapshot } from '../client/index.ts';
import { navigate } from '../router.tsx';
import { nameOf } from './names.ts';

const KEY = 'parlour-notifications';

/** Asked for in the settings, because nobody likes a page that begins with a question. */
export function wantsNotifications(): boolean {
  return localStorage.getItem(KEY) === 'on' && window.Notification?.permission === 'granted';
}

/** Answers whether they are on now. */
export async function switchNotifications(on: boolean): Promise<boolean> {
  if (on && (await window.Notification?.requestPermission()) !== 'granted') return false;
  localStorage.setItem(KEY, on ? 'on' : 'off');
  return on;
}

/** Tells of what others say while the page is not looked at. One for each conversation: a newer one replaces it. */
export function useNotifications(): void {
  const { store } = useChat();
  useEffect(() => {
    let before = store.snapshot;
    return store.subscribe(() => {
      const [old, now] = [before, store.snapshot];
      before = now;
      if (!old.loaded || !document.hidden || !wantsNotifications()) return;
      for (const conversation of now.conversations.values()) {
        if (hasNews(old.conversations.get(conversation.id), conversation, now)) notify(conversation);
      }
    });
  }, [store]);
}

function hasNews(old: Conversation | undefined, now: Conversation, { me }: Snapshot): boolean {
  const { lastMessage, muted, unreadCount } = now;
  if (muted || unreadCount === 0 || lastMessage === null || lastMessage.senderId === me?.id) return false;
  return lastMessage.seq > (old?.lastMessage?.seq ?? old?.lastSeq ?? 0);
}

function notify(conversation: Conversation): void {
  const body = conversation.lastMessage?.text || 'sent a file';
  const notification = new Notification(nameOf(conversation), { body, tag: conversation.id });
  notification.addEventListener('click', () => {
    window.focus();
    navigate(`/c/${conversation.id}`);
    notification.close();
  });
}

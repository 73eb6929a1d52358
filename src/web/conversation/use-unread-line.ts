import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatClient } from '../client/index.ts';

/**
 * Up to where had been read when somebody began to look: when the conversation was opened, or the page was looked at
 * again. The line under it stays while they read on. Null when nothing was unread.
 */
export function useUnreadLine(client: ChatClient, conversationId: string): number | null {
  const look = (): number | null => {
    const conversation = client.store.snapshot.conversations.get(conversationId);
    return conversation && conversation.unreadCount > 0 ? conversation.readSeq : null;
  };
  const [readTo, setReadTo] = useState(look);
  const away = useRef(false);
  useEffect(() => {
    const leave = (): void => {
      away.current = true;
    };
    const comeBack = (): void => {
      if (away.current) setReadTo(look());
      away.current = false;
    };
    window.addEventListener('blur', leave);
    window.addEventListener('focus', comeBack);
    return () => {
      window.removeEventListener('blur', leave);
      window.removeEventListener('focus', comeBack);
    };
  }, [conversationId]);
  return readTo;
}

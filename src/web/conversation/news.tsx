import { useEffect, useRef, useState } from 'preact/hooks';
import { useMe, useSnapshot } from '../app-context.ts';
import { nameIn } from './use-person.ts';

/** Tells those who listen what has just been said. */
export function News({ conversationId }: { readonly conversationId: string }) {
  const me = useMe()?.id;
  const last = useSnapshot(({ conversations }) => conversations.get(conversationId)?.lastMessage ?? null);
  const name = useSnapshot((snapshot) => last && nameIn(snapshot, conversationId, last.senderId));
  const heard = useRef(last?.seq ?? 0);
  const [words, setWords] = useState('');
  useEffect(() => {
    if (!last || last.seq <= heard.current) return;
    heard.current = last.seq;
    if (last.senderId !== me) setWords(`${name ?? 'Somebody'}: ${last.text === '' ? 'a file' : last.text}`);
  }, [last]);
  return (
    <p class="hidden-text" role="status">
      {words}
    </p>
  );
}

import { useEffect, useState } from 'preact/hooks';
import { useApp, useMe, useSnapshot } from '../app-context.ts';
import type { Message } from '../client/index.ts';
import { useName } from './use-person.ts';

/** What a message answers. It may lie far up, and is then read by itself. */
export function Quote({ conversationId, seq }: { readonly conversationId: string; readonly seq: number }) {
  const quoted = useQuoted(conversationId, seq);
  if (!quoted) return <span class="quote muted">…</span>;
  return (
    <span class="quote" data-to={seq}>
      <QuoteWords conversationId={conversationId} message={quoted} />
    </span>
  );
}

export function QuoteWords({
  conversationId,
  message,
}: {
  readonly conversationId: string;
  readonly message: Message;
}) {
  const me = useMe();
  const name = useName(conversationId, message.senderId);
  return (
    <>
      <strong>{message.senderId === me?.id ? 'You' : name}</strong>
      <span class="clip">{wordsOf(message)}</span>
    </>
  );
}

function wordsOf({ text, deletedAt, attachments }: Message): string {
  if (deletedAt !== null) return 'Message deleted';
  return text === '' ? (attachments[0]?.name ?? '') : text;
}

function useQuoted(conversationId: string, seq: number): Message | undefined {
  const { api } = useApp();
  const near = useSnapshot(({ threads }) => {
    const messages = threads.get(conversationId)?.messages ?? [];
    return messages[seq - (messages[0]?.seq ?? 0)];
  });
  const [far, setFar] = useState<Message>();
  const isFar = near === undefined;
  useEffect(() => {
    if (!isFar || far) return;
    let wanted = true;
    const path = `/conversations/${conversationId}/messages?after=${seq - 1}&limit=1`;
    api.get<{ items: readonly Message[] }>(path).then(
      ({ items }) => wanted && setFar(items[0]),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [isFar, conversationId, seq]);
  return near ?? far;
}

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useApp, useSnapshot } from '../app-context.ts';
import { asFailure, type ChatClient, type Message } from '../client/index.ts';
import { explain } from '../ui/explain.ts';
import { Composer, type Subject } from './composer.tsx';
import { Header } from './header.tsx';
import { MessageList } from './message-list.tsx';
import { News } from './news.tsx';
import { TypingLine } from './typing-line.tsx';

interface ConversationViewProps {
  readonly client: ChatClient;
  readonly conversationId: string;
  onClose?(): void;
}

/** As the server has it. */
const MAX_FILES = 10;

export function ConversationView({ client, conversationId, onClose }: ConversationViewProps) {
  const { say } = useApp();
  const conversation = useSnapshot(({ conversations }) => conversations.get(conversationId));
  const [subject, setSubject] = useState<Subject>();
  const [files, setFiles] = useState<readonly File[]>([]);
  const input = useRef<HTMLTextAreaElement>(null);
  const isKnown = conversation !== undefined;

  useEffect(() => {
    // Without a line it is read over the next one; what the server refuses is said.
    client.open(conversationId).catch((error: unknown) => {
      const failure = asFailure(error);
      if (failure.isFinal) say(explain(failure));
    });
    return () => {
      if (client.store.snapshot.open === conversationId) void client.open(null);
    };
  }, [client, conversationId]);

  const onReply = useCallback((message: Message) => setSubject({ kind: 'reply', message }), []);
  const onEdit = useCallback((message: Message) => setSubject({ kind: 'edit', message }), []);
  const choose = (chosen: readonly File[]): void => {
    if (chosen.length > MAX_FILES) say(`A message has at most ${MAX_FILES} files.`);
    setFiles(chosen.slice(0, MAX_FILES));
  };

  if (!isKnown) return <section class="conversation" aria-busy="true" />;
  return (
    <section
      class="conversation"
      aria-label="Conversation"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        choose([...files, ...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <Header conversation={conversation} onClose={onClose} />
      <MessageList {...{ conversation, onReply, onEdit }} onLeave={() => input.current?.focus()} />
      <TypingLine conversationId={conversationId} />
      <News conversationId={conversationId} />
      <Composer {...{ conversationId, input, subject, files, setSubject }} setFiles={choose} />
    </section>
  );
}

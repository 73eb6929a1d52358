import type { ChatClient } from '../client/index.ts';

interface ConversationViewProps {
  readonly client: ChatClient;
  readonly conversationId: string;
  onClose?(): void;
}

export function ConversationView({ conversationId }: ConversationViewProps) {
  return <p>{conversationId}</p>;
}

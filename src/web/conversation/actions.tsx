import { useState } from 'preact/hooks';
import { useChat } from '../app-context.ts';
import type { Conversation, Message } from '../client/index.ts';
import { Icon } from '../ui/icons.tsx';
import { Confirm } from '../ui/modal.tsx';
import { useTold } from '../ui/use-told.ts';

interface ActionsProps {
  readonly conversation: Conversation;
  readonly message: Message;
  readonly own: boolean;
  onReply(message: Message): void;
  onEdit(message: Message): void;
}

/** What can be done with the message that one points at, or that has the focus. */
export function Actions({ conversation, message, own, onReply, onEdit }: ActionsProps) {
  const client = useChat();
  const told = useTold();
  const [asking, setAsking] = useState(false);
  const looksAfter = conversation.kind === 'group' && conversation.role !== 'member';
  return (
    <div class="actions">
      <button
        type="button"
        class="icon-button"
        aria-label="Reply"
        title="Reply"
        onClick={() => onReply(message)}
      >
        <Icon name="reply" />
      </button>
      {own && (
        <button
          type="button"
          class="icon-button"
          aria-label="Edit"
          title="Edit"
          onClick={() => onEdit(message)}
        >
          <Icon name="edit" />
        </button>
      )}
      {(own || looksAfter) && (
        <button
          type="button"
          class="icon-button"
          aria-label="Delete"
          title="Delete"
          onClick={() => setAsking(true)}
        >
          <Icon name="trash" />
        </button>
      )}
      {asking && (
        <Confirm
          title="Delete this message?"
          text="It is deleted for everybody, with its files."
          yes="Delete"
          danger
          onYes={() => void told.run(() => client.delete(conversation.id, message.seq))}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

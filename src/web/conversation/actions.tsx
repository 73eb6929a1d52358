import { useState } from 'preact/hooks';
import { useChat } from '../app-context.ts';
import type { Conversation, Message } from '../client/index.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
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
      <Action label="Reply" icon="reply" onClick={() => onReply(message)} />
      {own && <Action label="Edit" icon="edit" onClick={() => onEdit(message)} />}
      {(own || looksAfter) && <Action label="Delete" icon="trash" onClick={() => setAsking(true)} />}
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

interface ActionProps {
  readonly label: string;
  readonly icon: IconName;
  onClick(): void;
}

function Action({ label, icon, onClick }: ActionProps) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

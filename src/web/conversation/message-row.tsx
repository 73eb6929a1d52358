import { Component } from 'preact';
import type { Conversation, Message } from '../client/index.ts';
import { Actions } from './actions.tsx';
import { Bubble } from './bubble.tsx';
import type { Tick } from './ticks.ts';
import type { Sender } from './use-senders.ts';

interface MessageRowProps {
  readonly conversation: Conversation;
  readonly message: Message;
  /** Undefined for one's own. */
  readonly sender: Sender | undefined;
  readonly begins: boolean;
  readonly tick: Tick | undefined;
  readonly active: boolean;
  onReply(message: Message): void;
  onEdit(message: Message): void;
}

const COMPARED = ['message', 'sender', 'begins', 'tick', 'active', 'onReply', 'onEdit'] as const;

/** One message and what can be done with it. Of the four hundred in the list, only those that changed are drawn again. */
export class MessageRow extends Component<MessageRowProps> {
  override shouldComponentUpdate(next: MessageRowProps): boolean {
    // Of the conversation, which is another with every event, nothing else is looked at.
    return (
      next.conversation.role !== this.props.conversation.role ||
      COMPARED.some((name) => next[name] !== this.props[name])
    );
  }

  override render() {
    const { conversation, message, sender, begins, tick, active, onReply, onEdit } = this.props;
    const { id, kind } = conversation;
    const own = sender === undefined;
    const named = kind === 'group';
    const looks = [own && 'own', begins && 'begins', named && 'named'].filter(Boolean).join(' ');
    return (
      <li class={`message ${looks}`} data-seq={message.seq} tabIndex={-1}>
        <Bubble {...{ message, begins, sender, named, tick }} conversationId={id} />
        {active && message.deletedAt === null && (
          <Actions {...{ conversation, message, own, onReply, onEdit }} />
        )}
      </li>
    );
  }
}

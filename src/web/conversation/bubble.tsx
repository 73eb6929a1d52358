import type { Message } from '../client/index.ts';
import { Avatar } from '../ui/avatar.tsx';
import { fullTime, timeOf } from '../ui/times.ts';
import { Attachments } from './attachments.tsx';
import { MessageText } from './message-text.tsx';
import { Quote } from './quote.tsx';
import type { Tick } from './ticks.ts';

interface BubbleProps {
  readonly message: Message;
  readonly begins: boolean;
  readonly conversationId: string;
  /** Undefined for one's own. */
  readonly sender: { readonly name: string; readonly picture: string | null } | undefined;
  /** In a dialog it is clear who speaks. */
  readonly named: boolean;
  readonly tick: Tick | undefined;
}

export function Bubble({ message, begins, conversationId, sender, named, tick }: BubbleProps) {
  const { text, attachments, replyTo, sentAt, editedAt, deletedAt } = message;
  const own = sender === undefined;
  return (
    <>
      {named && sender && begins && <Avatar size="small" name={sender.name} picture={sender.picture} />}
      <div class="bubble">
        {/* Told to who cannot see on which side it stands. */}
        <span class={named && sender && begins ? 'sender' : 'hidden-text'}>{own ? 'You' : sender.name}</span>
        {replyTo !== null && deletedAt === null && <Quote conversationId={conversationId} seq={replyTo} />}
        {deletedAt !== null ? (
          <em class="text gone">Message deleted</em>
        ) : (
          <>
            {attachments.length > 0 && <Attachments attachments={attachments} />}
            {text !== '' && <MessageText text={text} />}
          </>
        )}
        <span class="meta">
          {editedAt !== null && deletedAt === null && <span>edited</span>}
          <time dateTime={sentAt} title={fullTime(sentAt)}>
            {timeOf(sentAt)}
          </time>
          {tick && deletedAt === null && <Ticks tick={tick} />}
        </span>
      </div>
    </>
  );
}

function Ticks({ tick }: { readonly tick: Tick }) {
  return (
    <svg class={`ticks ${tick}`} viewBox="0 0 20 12" role="img" aria-label={tick}>
      <path d={tick === 'sent' ? 'M5 6.500l4 4L17 2' : 'M1 6.500l4 4L13 2M8 9l1.500 1.500L17.500 2'} />
    </svg>
  );
}

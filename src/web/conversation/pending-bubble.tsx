import { useChat } from '../app-context.ts';
import { ChatFailure, type Pending } from '../client/index.ts';
import { explain } from '../ui/explain.ts';
import { PendingFileView } from './attachments.tsx';
import { MessageText } from './message-text.tsx';
import { Quote } from './quote.tsx';

/** A message on its way. */
export function PendingBubble({ pending }: { readonly pending: Pending }) {
  const client = useChat();
  const { clientId, conversationId, text, replyTo, files, state, error } = pending;
  return (
    <div class={`bubble ${state}`}>
      <span class="hidden-text">You</span>
      {replyTo !== null && <Quote conversationId={conversationId} seq={replyTo} />}
      {files.length > 0 && (
        <span class="attachments">
          {files.map((file, index) => (
            <PendingFileView key={index} file={file} />
          ))}
        </span>
      )}
      {text !== '' && <MessageText text={text} />}
      {error ? (
        <span class="refusal">
          <span>Not sent. {explain(new ChatFailure(error))}</span>
          <button type="button" class="link-button" onClick={() => client.retry(clientId)}>
            Try again
          </button>
          <button type="button" class="link-button" onClick={() => void client.discard(clientId)}>
            Discard
          </button>
        </span>
      ) : (
        <span class="meta">
          {state === 'waiting' ? 'waiting to be sent' : state === 'sent' ? 'sent' : 'sending…'}
        </span>
      )}
    </div>
  );
}

import type { RefObject, TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useChat, useMe } from '../app-context.ts';
import type { Message } from '../client/index.ts';
import { Icon } from '../ui/icons.tsx';
import { useTold } from '../ui/use-told.ts';
import { ChosenFiles } from './chosen-files.tsx';
import { draftOf, keepDraft } from './drafts.ts';
import { QuoteWords } from './quote.tsx';

/** What the message is about, besides its words. */
export type Subject =
  | { readonly kind: 'reply'; readonly message: Message }
  | { readonly kind: 'edit'; readonly message: Message };

interface ComposerProps {
  readonly conversationId: string;
  readonly input: RefObject<HTMLTextAreaElement | null>;
  readonly subject: Subject | undefined;
  readonly files: readonly File[];
  setSubject(subject: Subject | undefined): void;
  setFiles(files: readonly File[]): void;
}

/** As the server has it. */
const MAX_TEXT_LENGTH = 8_000;
const MAX_HEIGHT_PX = 200;

export function Composer({ conversationId, input, subject, files, setSubject, setFiles }: ComposerProps) {
  const client = useChat();
  const me = useMe()?.id;
  const told = useTold();
  const [text, setText] = useState(() => draftOf(conversationId));
  const chooser = useRef<HTMLInputElement>(null);
  const isEdit = subject?.kind === 'edit';

  // At once: what is typed next is meant for here.
  useLayoutEffect(() => {
    if (subject?.kind === 'edit') setText(subject.message.text);
    if (subject) input.current?.focus();
  }, [subject]);
  useEffect(() => {
    // A phone's keyboard would cover half of what was opened.
    if (matchMedia('(pointer: fine)').matches) input.current?.focus();
  }, []);
  useLayoutEffect(() => {
    const { current } = input;
    if (!current) return;
    current.style.height = 'auto';
    current.style.height = `${Math.min(current.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text]);

  const write = (next: string): void => {
    setText(next);
    if (isEdit) return;
    keepDraft(conversationId, next);
    client.typing(conversationId, next.trim() !== '');
  };

  /** Edited or given up: what was begun before is there again. */
  const leaveSubject = (): void => {
    if (isEdit) setText(draftOf(conversationId));
    setSubject(undefined);
  };

  const send = (): void => {
    const words = text.trim();
    if (words === '' && (files.length === 0 || isEdit)) return;
    if (isEdit) {
      void told.run(() => client.edit(conversationId, subject.message.seq, words));
      leaveSubject();
      return;
    }
    const replyTo = subject?.message.seq;
    void told.run(() => client.send(conversationId, { text: words, replyTo, files: [...files] }));
    write('');
    setFiles([]);
    setSubject(undefined);
  };

  const editLast = (): void => {
    const messages = client.store.snapshot.threads.get(conversationId)?.messages ?? [];
    const last = messages.findLast(
      ({ senderId, deletedAt, text }) => senderId === me && !deletedAt && text !== '',
    );
    if (last) setSubject({ kind: 'edit', message: last });
  };

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    // What an input method is still putting together is no message yet.
    if (event.isComposing) return;
    const sends = event.key === 'Enter' && !event.shiftKey && matchMedia('(pointer: fine)').matches;
    if (sends) send();
    else if (event.key === 'Escape' && subject) leaveSubject();
    else if (event.key === 'ArrowUp' && text === '' && files.length === 0) editLast();
    else return;
    event.preventDefault();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {subject && (
        <div class="subject">
          <span class="quote">
            {isEdit ? (
              <strong>Editing your message</strong>
            ) : (
              <QuoteWords {...{ conversationId }} message={subject.message} />
            )}
          </span>
          <button
            type="button"
            class="icon-button"
            aria-label={isEdit ? 'Stop editing' : 'Do not reply'}
            onClick={leaveSubject}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
      {files.length > 0 && <ChosenFiles files={files} setFiles={setFiles} />}
      <div class="composer-line">
        <button
          type="button"
          class="icon-button"
          aria-label="Attach files"
          title="Attach files"
          disabled={isEdit}
          onClick={() => chooser.current?.click()}
        >
          <Icon name="attach" />
        </button>
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          aria-label="Files"
          onChange={({ currentTarget }) => {
            setFiles([...files, ...(currentTarget.files ?? [])]);
            currentTarget.value = '';
          }}
        />
        <textarea
          ref={input}
          class="input"
          rows={1}
          aria-label="Message"
          placeholder="Message"
          maxLength={MAX_TEXT_LENGTH}
          enterkeyhint="send"
          value={text}
          onInput={({ currentTarget }) => write(currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={() => client.typing(conversationId, false)}
          onPaste={(event) => {
            const pasted = [...(event.clipboardData?.files ?? [])];
            if (pasted.length === 0 || isEdit) return;
            event.preventDefault();
            setFiles([...files, ...pasted]);
          }}
        />
        <button type="submit" class="icon-button send" aria-label="Send" title="Send">
          <Icon name={isEdit ? 'check' : 'send'} />
        </button>
      </div>
    </form>
  );
}

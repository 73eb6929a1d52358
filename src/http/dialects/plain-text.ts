import type { Chat } from '../../chat/chat.ts';
import type { MessageView } from '../../chat/events.ts';

/** A message for wires that carry nothing but text: what it says, and a line with a link for each of its files. */
export function plainText(
  { publicUrl }: Pick<Chat, 'publicUrl'>,
  { text, attachments }: Pick<MessageView, 'text' | 'attachments'>,
): string {
  const links = attachments.map(({ url }) => publicUrl() + url);
  return [...(text === '' ? [] : [text]), ...links].join('\n');
}

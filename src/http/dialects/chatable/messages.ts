import type { Chat } from '../../../chat/chat.ts';
import type { ConversationPeople, NamedPerson } from '../../../chat/conversation-people.ts';
import type { MessageView } from '../../../chat/events.ts';
import { plainText } from '../plain-text.ts';
import { wireTime } from './envelope.ts';

export const TEXT = 0;
/** Its text is the address of a picture. */
export const PHOTO = 1;
export type MessageType = typeof TEXT | typeof PHOTO;

/** A message in a list and on a socket. */
export interface WireMessage {
  readonly author: string;
  readonly recipient: string;
  readonly message: string;
  readonly message_type: MessageType;
  readonly created_at: string;
}

/** Our messages have no type, but an id that their sender chooses. */
const PHOTO_ID = 'chatable-photo-';

export function clientIdFor(type: MessageType, random: string): string {
  return type === PHOTO ? PHOTO_ID + random : random;
}

export function wireMessage(
  chat: Pick<Chat, 'publicUrl'>,
  message: MessageView,
  dialog: ConversationPeople,
): WireMessage {
  const { author, recipient } = sidesOf(message, dialog);
  return {
    author: author.username,
    recipient: recipient.username,
    message: plainText(chat, message),
    message_type: typeOf(message),
    created_at: wireTime(message.sentAt),
  };
}

/** In the dialog with oneself one is both. */
export function sidesOf(
  { senderId }: MessageView,
  { people }: ConversationPeople,
): { readonly author: NamedPerson; readonly recipient: NamedPerson } {
  const author = people.find(({ id }) => id === senderId)!;
  return { author, recipient: people.find(({ id }) => id !== senderId) ?? author };
}

/** A picture that was sent by another client, without a word, is a photo as well. */
function typeOf({ clientId, text, attachments }: MessageView): MessageType {
  if (clientId?.startsWith(PHOTO_ID)) return PHOTO;
  return text === '' && attachments.length === 1 && attachments[0]!.thumbUrl !== null ? PHOTO : TEXT;
}

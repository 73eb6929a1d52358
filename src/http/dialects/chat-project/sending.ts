import type { Chat } from '../../../chat/chat.ts';
import { ChatError } from '../../../chat/errors.ts';
import { idInput } from '../../../chat/inputs/ids.ts';
import { moveMarks } from '../../../chat/move-marks.ts';
import { openDialog } from '../../../chat/open-dialog.ts';
import type { Asker } from '../../../chat/rate-limits.ts';
import { readMessage } from '../../../chat/read-message.ts';
import { type FileInHand, sendWithFiles } from '../../../chat/send-with-files.ts';
import { findTie, type Tie } from '../../../chat/ties.ts';
import { messageNumber } from './ids.ts';
import { isOpen, otherOf } from './views.ts';

// What the socket and the routes have in common: what is said, and that it was seen.

export interface Said {
  readonly text: string;
  readonly files: readonly FileInHand[];
}

/** As often as our own API lets people send and upload. */
export function takeSending(chat: Pick<Chat, 'limits'>, asking: Asker, { files }: Said): void {
  chat.limits.take('message', asking);
  for (const _ of files) chat.limits.take('upload', asking);
}

/** `not_found` for no friendship of theirs; `forbidden` once one of the two has rejected the other. */
export async function sendToFriend(
  chat: Chat,
  callerId: string,
  channel: unknown,
  said: Said,
): Promise<{ readonly tie: Tie; readonly messageId: number }> {
  const id = idInput.safeParse(channel);
  if (!id.success) throw new ChatError('not_found', 'no such friendship');
  const tie = await findTie(chat, callerId, id.data);
  if (!isOpen(tie)) throw new ChatError('forbidden', 'this friendship was rejected');
  const conversationId =
    tie.conversationId ?? (await openDialog(chat, callerId, { userId: otherOf(tie, callerId).id }));
  const sent = await sendWithFiles(chat, callerId, { conversationId, ...said });
  return { tie, messageId: sent.id };
}

/** All before it is seen as well: there is one mark. `not_found` for what was not said to them, or not there. */
export async function markSeen(
  chat: Chat,
  callerId: string,
  { messageId, channel }: { readonly messageId: unknown; readonly channel?: unknown },
): Promise<void> {
  const number = typeof messageId === 'string' ? messageNumber(messageId) : undefined;
  const none = new ChatError('not_found', 'no such message');
  if (number === undefined) throw none;
  const { conversationId, message } = await readMessage(chat, callerId, number);
  if (message.senderId === callerId) throw none;
  if (channel !== undefined) {
    const id = idInput.safeParse(channel);
    const tie = id.success ? await findTie(chat, callerId, id.data) : undefined;
    if (tie?.conversationId !== conversationId) throw none;
  }
  await moveMarks(chat, callerId, { conversationId, readSeq: message.seq });
}

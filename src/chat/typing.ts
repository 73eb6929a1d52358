import { requireMembership } from './change-conversation.ts';
import type { Chat } from './chat.ts';
import { type PassingEvent, topics } from './events.ts';

export interface Typing {
  readonly conversationId: string;
  readonly on: boolean;
}

/** For a face that holds the conversation open and so has asked already whether this person is in it. */
export function announceTyping(
  chat: Pick<Chat, 'bus'>,
  userId: string,
  { conversationId, on }: Typing,
): void {
  const event: PassingEvent = { type: 'typing', conversationId, userId, on };
  chat.bus.publish(topics.conversation(conversationId), event);
}

/** For a face that knows no more than the conversation's id. */
export async function type(
  chat: Pick<Chat, 'bus' | 'database'>,
  callerId: string,
  typing: Typing,
): Promise<void> {
  await requireMembership(chat.database.em.fork(), typing.conversationId, callerId);
  announceTyping(chat, callerId, typing);
}

import type { Chat } from '../../../chat/chat.ts';
import type { ChatEvent, FriendshipView, MessageView } from '../../../chat/events.ts';
import { findAcquaintance } from '../../../chat/list-acquaintances.ts';
import { onceForAll } from '../line.ts';
import { messageBodies } from './messages.ts';
import { personBody } from './people.ts';
import type { Told } from './talk.ts';

export type Teller = (event: ChatEvent, userId: string) => Promise<Told | undefined> | undefined;

/** What happens to somebody, in the words of this dialect; it has none for most of it. */
export function createTeller(chat: Pick<Chat, 'database' | 'publicUrl'>): Teller {
  const tellMessage = onceForAll((event) =>
    event.type === 'message' ? messageTold(chat, event.conversationId, event.message) : undefined,
  );
  return (event, userId) => {
    if (event.type === 'message') return tellMessage(event);
    return event.type === 'friendship' ? friendshipTold(chat, event.friendship, userId) : undefined;
  };
}

async function messageTold(
  chat: Pick<Chat, 'database' | 'publicUrl'>,
  cId: string,
  message: MessageView,
): Promise<Told | undefined> {
  const body = (await messageBodies(chat, [message])).get(message.id);
  // Missed while it was sent and deleted by the time that it is read.
  return message.deletedAt === null ? { event: 'chatMessage', data: { ...body, cId } } : undefined;
}

async function friendshipTold(
  chat: Pick<Chat, 'database'>,
  { requesterId, addresseeId, status }: FriendshipView,
  userId: string,
): Promise<Told | undefined> {
  if (status !== 'pending' && status !== 'accepted') return undefined;
  const otherId = requesterId === userId ? addresseeId : requesterId;
  const found = await findAcquaintance(chat, userId, otherId);
  // It may have gone on since.
  if (found?.status !== status) return undefined;
  const person = personBody(found.person);
  if (status === 'accepted')
    return { event: 'friendAdded', data: { ...person, conversationId: found.conversationId } };
  return found.asked ? undefined : { event: 'friendRequest', data: person };
}

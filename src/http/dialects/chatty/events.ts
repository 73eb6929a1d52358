import type { Chat } from '../../../chat/chat.ts';
import { findLobbyPeople } from '../../../chat/lobby/groups.ts';
import type { LobbyEventKind } from '../../../chat/lobby/log.ts';
import type { Claimed } from '../../../chat/lobby/next-event.ts';
import { messageObject, seconds, userObject } from './objects.ts';

export interface Frame {
  readonly event: object;
  readonly type: string;
}

type Needs = Pick<Chat, 'database' | 'admins' | 'publicUrl'>;
type Happened = Exclude<Claimed, { kind: 'message' }>;

/** What one event is here: one frame, or two that follow each other. */
export async function framesOf(chat: Needs, event: Claimed): Promise<readonly Frame[]> {
  const userId = event.kind === 'message' ? event.message.senderId : event.userId;
  const people = userId === null ? undefined : await findLobbyPeople(chat, [userId]);
  const person = people?.get(userId!);
  if (event.kind === 'message') {
    return [{ event: messageObject(chat, event.groupName, event.message, person), type: 'MessageEvent' }];
  }
  const flags = userObject(person ?? { name: '', verified: false, admin: false, bot: false });
  return FRAMES[event.kind](event, { ...flags, user: event.name });
}

const FRAMES: Record<LobbyEventKind, (event: Happened, user: ReturnType<typeof userObject>) => Frame[]> = {
  arrived: ({ at, name }) => [{ event: { user: name, chat: '', ...times(at) }, type: 'LoginEvent' }],
  departed: ({ at, name }) => [{ event: { user: name, chat: '', ...times(at) }, type: 'LogoutEvent' }],
  joined: ({ at, name: user, groupName: chat }, { verified, admin, bot }) => [
    { event: { user, chat, ...times(at), verified, admin, bot }, type: 'ChatJoinEvent' },
    { event: { chat, user, time: seconds(at) }, type: 'SystemMessageChatJoinEvent' },
  ],
  left: ({ at, name: user, groupName: chat }) => [
    { event: { user, chat, ...times(at) }, type: 'ChatLeaveEvent' },
    { event: { chat, user, time: seconds(at) }, type: 'SystemMessageChatLeaveEvent' },
  ],
  opened: ({ at, groupName: chat }) => [{ event: { chat, ...times(at) }, type: 'ChatCreatedEvent' }],
  closed: ({ at, groupName: chat }) => [{ event: { chat, ...times(at) }, type: 'ChatRemovedEvent' }],
};

/** The document can be read both ways, and both kinds of client find theirs. */
function times(at: Date): { Time: number; time: number } {
  return { Time: seconds(at), time: seconds(at) };
}

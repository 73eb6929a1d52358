import type { Caller } from '../../../chat/authenticate.ts';
import { ChatError } from '../../../chat/errors.ts';
import { findActivity } from '../../../chat/find-activity.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { openDialog } from '../../../chat/open-dialog.ts';
import { STATUS_OF } from '../../errors.ts';
import type { Admission, DialectNeeds, DialectSockets, Knock } from '../dialect.ts';
import { MAX_DIALECT_FRAME_BYTES } from '../limits.ts';
import { admitToChats } from './chats-line.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { admitToConversation } from './conversation-line.ts';
import { findGroup } from './history.ts';
import { groupNumber } from './inputs.ts';
import { Notifications } from './notifications.ts';
import { noSuchReceiver, orElse, refusalBody } from './refusals.ts';
import { Senders } from './senders.ts';
import { callerAt } from './sessions.ts';
import { userStatus } from './wire.ts';

const PATH = /^\/(?:(?<chats>chats)|(?<kind>dialog|group)\/(?<name>[^/]+))\/ws\/?$/;

/** One socket shows one conversation; the one at `/chats/ws` shows the list of them. */
export function openSockets({ chat, origins }: DialectNeeds): DialectSockets {
  const senders = new Senders(chat);
  const notifications = new Notifications(chat, senders);

  async function admitToDialog(caller: Caller, login: string, greets: boolean): Promise<Admission> {
    const opened = openDialog(chat, caller.userId, { username: login });
    const conversationId = await orElse(opened, { not_found: noSuchReceiver });
    const [peer] = greets ? await findActivity(chat, { usernames: [login], limit: 1 }) : [];
    const greeting = peer && userStatus(peer.username, peer.online, peer.lastSeenAt);
    return admitToConversation(chat, caller, { conversationId, senders, greeting });
  }

  async function admitToGroup(caller: Caller, text: string): Promise<Admission> {
    const number = parse(groupNumber, text);
    try {
      const group = await findGroup(chat, caller.userId, number);
      return await admitToConversation(chat, caller, { conversationId: group.id, senders });
    } catch (error) {
      if (!(error instanceof ChatError) || !['forbidden', 'not_found'].includes(error.code)) throw error;
      // No page sees why an upgrade was refused, but every page sees why a socket was closed.
      return { enter: (socket) => socket.close(CLOSE_CODES.notAllowed, error.message) };
    }
  }

  return {
    maxFrameBytes: MAX_DIALECT_FRAME_BYTES,
    refuse: (refusal) => ({ status: STATUS_OF[refusal.code], body: refusalBody(refusal) }),
    async admit(knock: Knock): Promise<Admission | undefined> {
      const { chats, kind, name = '' } = PATH.exec(knock.path)?.groups ?? {};
      if (chats === undefined && kind === undefined) return undefined;
      if (!origins.mayAct(knock.headers.origin, knock.headers.host))
        throw new ChatError('forbidden', 'not from another site');
      const caller = await callerAt(chat, knock);
      chat.limits.take('join', { account: caller.userId, device: caller.sessionId, address: knock.address });
      if (chats !== undefined) return admitToChats(chat, caller, notifications);
      const decoded = decode(name);
      return kind === 'dialog'
        ? admitToDialog(caller, decoded, knock.query.get('status') === '1')
        : admitToGroup(caller, decoded);
    },
  };
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name).normalize();
  } catch {
    throw new ChatError('bad_request', 'the address is broken');
  }
}

import type { WebSocket } from 'ws';
import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import { findConversationPeople } from '../../../chat/conversation-people.ts';
import { deliverAll } from '../../../chat/deliver-all.ts';
import { ChatError } from '../../../chat/errors.ts';
import type { ChatEvent } from '../../../chat/events.ts';
import { parse } from '../../../chat/inputs/parse.ts';
import { openDialog } from '../../../chat/open-dialog.ts';
import { findReceipts, type Reach } from '../../../chat/receipts.ts';
import { deliveredWhenShown } from '../delivered.ts';
import type { Admission } from '../dialect.ts';
import { type Frames, Line } from '../line.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { findGroup } from './history.ts';
import { groupNumber } from './inputs.ts';
import { MAX_WATCHED } from './limits.ts';
import type { MessageEvent, Notifications } from './notifications.ts';
import { type MessageStatus, OwnMessages } from './own-messages.ts';
import { noSuchReceiver, orElse } from './refusals.ts';
import { type Payload, Speech } from './speech.ts';
import { presenceOnly, ToldOnline } from './told-online.ts';
import { otherOf } from './wire.ts';

export async function admitToChats(
  chat: Chat,
  caller: Caller,
  notifications: Notifications,
): Promise<Admission> {
  const own = new Map<string, OwnMessages>();
  for (const [id, receipts] of await findReceipts(chat, caller.userId))
    own.set(id, new OwnMessages(caller.userId, receipts));
  const line = new ChatsLine(chat, caller, notifications, own);
  return { caller, enter: (socket) => void line.open(socket) };
}

/** A socket that shows the list of chats: every message of every conversation, and who comes and goes. */
class ChatsLine {
  readonly #chat: Chat;
  readonly #caller: Caller;
  readonly #notifications: Notifications;
  /** Of those conversations where something of the caller's has not been read. */
  readonly #own: Map<string, OwnMessages>;
  readonly #online: ToldOnline;
  readonly #speech: Speech;
  readonly #watched = new Map<string, () => void>();
  readonly #undo: (() => void)[] = [];

  constructor(chat: Chat, caller: Caller, notifications: Notifications, own: Map<string, OwnMessages>) {
    this.#chat = chat;
    this.#caller = caller;
    this.#notifications = notifications;
    this.#own = own;
    this.#online = new ToldOnline(chat);
    this.#speech = new Speech({
      ...{ chat, caller },
      placeOf: (payload) => this.#placeOf(payload),
      isHere: () => true,
    });
  }

  async open(socket: WebSocket): Promise<void> {
    this.#undo.push(this.#notifications.listen(this.#caller.userId));
    await Line.open({
      ...{ chat: this.#chat, socket, caller: this.#caller },
      begin: (line) => this.#begin(line),
      receive: (text, line) => this.#speech.hear(text, line),
      present: (event, line) => this.#present(event, line),
      shown: deliveredWhenShown(this.#chat),
      endedCode: CLOSE_CODES.notAllowed,
      onClose: () => this.#leave(),
    });
  }

  async #begin(line: Line): Promise<void> {
    const { userId } = this.#caller;
    const positions = this.#chat.feeds.feedOf(userId)?.positions() ?? [];
    const places = await findConversationPeople(
      this.#chat,
      positions.slice(0, MAX_WATCHED).map(({ conversationId }) => conversationId),
    );
    const dialogs = [...places.values()].filter(({ kind }) => kind === 'dialog');
    await this.#online.begin(dialogs.map(({ people }) => otherOf(people, userId)!.id));
    await Promise.all(dialogs.map(({ id }) => this.#watch(id, line)));
    for (const [id, receipts] of await findReceipts(this.#chat, userId))
      for (const frame of this.#statuses(this.#own.get(id)?.catchUp(receipts))) line.send(frame);
    await deliverAll(this.#chat, userId);
  }

  async #watch(conversationId: string, line: Line): Promise<void> {
    if (this.#watched.has(conversationId) || this.#watched.size >= MAX_WATCHED) return;
    const { detach } = await this.#chat.feeds.attachToConversation(conversationId, presenceOnly(line));
    this.#watched.set(conversationId, detach);
    if (!line.isOpen) this.#leave();
  }

  #leave(): void {
    for (const detach of this.#watched.values()) detach();
    this.#watched.clear();
    for (const undo of this.#undo.splice(0)) undo();
  }

  async #present(event: ChatEvent, line: Line): Promise<Frames> {
    const { userId } = this.#caller;
    switch (event.type) {
      case 'message':
        return event.message.senderId === userId ? this.#presentOwn(event) : this.#notify(event);
      case 'mark': {
        const own = this.#own.get(event.conversationId);
        const frames = this.#statuses(own?.move(event.marks));
        if (own?.isEmpty) this.#own.delete(event.conversationId);
        return frames;
      }
      case 'member':
        if (event.member.userId !== userId || !event.member.left)
          return this.#statuses(
            this.#own.get(event.conversationId)?.changePlace(event.member, event.memberCount),
          );
        this.#own.delete(event.conversationId);
        return undefined;
      case 'conversation':
        if (event.conversation.kind === 'dialog') await this.#watch(event.conversationId, line);
        return undefined;
      case 'presence': {
        const news = event.userId === userId ? undefined : await this.#online.tell(event);
        return news && this.#speech.frame('user_status', news);
      }
      case 'reset':
        line.close(CLOSE_CODES.internal, 'too much was missed');
        return undefined;
      default:
        return undefined;
    }
  }

  async #notify(event: MessageEvent, reach?: Reach): Promise<string | undefined> {
    const notification = await this.#notifications.of(event, this.#caller.userId, reach);
    return notification && this.#speech.frame('dialog_notification', notification);
  }

  /** First the message, then what has become of it while we looked. */
  async #presentOwn(event: MessageEvent): Promise<Frames> {
    const { userId } = this.#caller;
    const { conversationId, message } = event;
    const known = this.#own.get(conversationId);
    if (known !== undefined) return this.#notify(event, known.show(message));
    const receipts = (await findReceipts(this.#chat, userId, conversationId)).get(conversationId);
    // They are not in it any more.
    if (receipts === undefined) return undefined;
    const own = OwnMessages.before(message, receipts);
    this.#own.set(conversationId, own);
    const told = await this.#notify(event, own.show(message));
    return told !== undefined ? [told, ...this.#statuses(own.catchUp(receipts))] : undefined;
  }

  async #placeOf({ receiver, group_id }: Payload): Promise<string> {
    const { userId, sessionId } = this.#caller;
    if (typeof receiver === 'string') {
      const opened = openDialog(this.#chat, userId, { username: receiver.normalize() });
      return orElse(opened, { not_found: noSuchReceiver });
    }
    if (group_id === undefined) throw new ChatError('bad_request', 'say to whom: receiver or group_id');
    const onJoining = (): void => this.#chat.limits.take('join', { account: userId, device: sessionId });
    return (await findGroup(this.#chat, userId, parse(groupNumber, String(group_id)), onJoining)).id;
  }

  #statuses(news: readonly MessageStatus[] = []): string[] {
    return news.map((each) => this.#speech.frame('message_status', each));
  }
}

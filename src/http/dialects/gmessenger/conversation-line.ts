import type { WebSocket } from 'ws';
import type { Caller } from '../../../chat/authenticate.ts';
import type { Chat } from '../../../chat/chat.ts';
import { deliverAll } from '../../../chat/deliver-all.ts';
import { ChatError } from '../../../chat/errors.ts';
import type { ChatEvent } from '../../../chat/events.ts';
import { MAX_POSITION } from '../../../chat/inputs/messages.ts';
import type { MoveMarks } from '../../../chat/move-marks.ts';
import { moveMarks } from '../../../chat/move-marks.ts';
import { findReceipts, type Receipts } from '../../../chat/receipts.ts';
import type { Admission } from '../dialect.ts';
import { type Frames, Line } from '../line.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { type MessageStatus, OwnMessages } from './own-messages.ts';
import { notAMember } from './refusals.ts';
import type { Senders } from './senders.ts';
import { Speech } from './speech.ts';
import { presenceOnly, ToldOnline } from './told-online.ts';
import { newMessage, type UserStatus } from './wire.ts';

export interface ConversationVisit {
  readonly conversationId: string;
  readonly senders: Senders;
  /** Told first of all, to whoever asked for it. */
  readonly greeting?: UserStatus | undefined;
}

/** What is known before the upgrade: all that happens from then on is told. */
export async function admitToConversation(
  chat: Chat,
  caller: Caller,
  visit: ConversationVisit,
): Promise<Admission> {
  const own = new OwnMessages(caller.userId, await receiptsOf(chat, caller, visit));
  const online = new ToldOnline(chat);
  await online.begin(own.people);
  const line = new ConversationLine({ chat, caller, visit, own, online });
  return { caller, enter: (socket) => void line.open(socket) };
}

interface Known {
  readonly chat: Chat;
  readonly caller: Caller;
  readonly visit: ConversationVisit;
  readonly own: OwnMessages;
  readonly online: ToldOnline;
}

/** A socket that shows one conversation. Whoever has it open has read what is said there. */
class ConversationLine {
  readonly #known: Known;
  readonly #speech: Speech;
  #leave = (): void => {};

  constructor(known: Known) {
    this.#known = known;
    const { chat, caller, visit } = known;
    this.#speech = new Speech({
      ...{ chat, caller },
      placeOf: () => visit.conversationId,
      isHere: (conversationId) => conversationId === visit.conversationId,
    });
  }

  async open(socket: WebSocket): Promise<void> {
    const { chat, caller } = this.#known;
    await Line.open({
      ...{ chat, socket, caller },
      begin: (line) =>
        this.#begin(line).catch((error) => {
          // They have been taken out of it since they asked.
          if (!(error instanceof ChatError)) throw error;
          line.close(CLOSE_CODES.notAllowed);
        }),
      receive: (text, line) => this.#speech.hear(text, line),
      present: (event, line) => this.#present(event, line),
      shown: (event) => this.#shown(event),
      endedCode: CLOSE_CODES.notAllowed,
      onClose: () => this.#leave(),
    });
  }

  async #begin(line: Line): Promise<void> {
    const { chat, caller, visit, own } = this.#known;
    const { conversationId, greeting } = visit;
    const watch = await chat.feeds.attachToConversation(conversationId, presenceOnly(line));
    if (!line.isOpen) return watch.detach();
    this.#leave = () => watch.detach();
    if (greeting) line.send(this.#speech.frame('user_status', greeting));
    for (const frame of this.#statuses(own.catchUp(await receiptsOf(chat, caller, visit)))) line.send(frame);
    await moveMarks(chat, caller.userId, { conversationId, readSeq: MAX_POSITION });
    await deliverAll(chat, caller.userId);
  }

  async #present(event: ChatEvent, line: Line): Promise<Frames> {
    const { chat, caller, visit, own, online } = this.#known;
    if (event.type === 'presence') {
      if (event.userId === caller.userId || !own.has(event.userId)) return undefined;
      const news = await online.tell(event);
      return news && this.#speech.frame('user_status', news);
    }
    if (!('conversationId' in event)) return undefined;
    if (event.conversationId !== visit.conversationId) {
      // Wherever it is read, it has come: a client of theirs is here.
      if (event.type === 'message') this.#move(event, { deliveredSeq: event.message.seq });
      return undefined;
    }
    switch (event.type) {
      case 'message': {
        const status = own.show(event.message);
        const sender = await visit.senders.of(event);
        return this.#speech.frame('new_message', newMessage(chat, event.message, { sender, status }));
      }
      case 'mark':
        return this.#statuses(own.move(event.marks));
      case 'member':
        if (event.member.userId !== caller.userId || !event.member.left)
          return this.#statuses(own.changePlace(event.member, event.memberCount));
        line.close(CLOSE_CODES.notAllowed, 'you are not a member of this group');
        return undefined;
      case 'reset':
        line.close(CLOSE_CODES.internal, 'too much was missed');
        return undefined;
      default:
        return undefined;
    }
  }

  #shown(event: ChatEvent): void {
    if (event.type === 'message') this.#move(event, { readSeq: event.message.seq });
  }

  #move(
    { conversationId, message }: Extract<ChatEvent, { type: 'message' }>,
    mark: Omit<MoveMarks, 'conversationId'>,
  ): void {
    const { chat, caller } = this.#known;
    if (message.senderId === caller.userId) return;
    moveMarks(chat, caller.userId, { conversationId, ...mark }).catch((error) =>
      chat.log.warn({ err: error }, 'a mark was not moved'),
    );
  }

  #statuses(news: readonly MessageStatus[]): string[] {
    return news.map((each) => this.#speech.frame('message_status', each));
  }
}

async function receiptsOf(
  chat: Chat,
  { userId }: Caller,
  { conversationId }: ConversationVisit,
): Promise<Receipts> {
  const receipts = (await findReceipts(chat, userId, conversationId)).get(conversationId);
  if (receipts === undefined) throw notAMember();
  return receipts;
}

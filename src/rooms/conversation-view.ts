import type { Room } from '@colyseus/core';
import type { Chat } from '../chat/chat.ts';
import type { ChatEvent, MemberView } from '../chat/events.ts';
import type { Face } from '../chat/face.ts';
import type { Attached } from '../chat/feeds.ts';
import { SMALL_GROUP, TYPING_MS } from '../chat/limits.ts';
import { announceTyping } from '../chat/typing.ts';
import type { Watch } from '../chat/watch.ts';
import type { ClientFace } from './client-face.ts';
import { PATCH_MS } from './limits.ts';
import { callerOf } from './occupant.ts';
import { readConversation } from './read-conversation.ts';
import { ConversationState, MemberState } from './state.ts';

/**
 * What a dialog's and a group's room have in common: the state as a live picture of the conversation, and the
 * clients to whom its events are shown. The room itself only decides who may enter.
 */
export class ConversationView implements Face {
  readonly conversationId: string;
  readonly state = new ConversationState();
  readonly faces = new Set<ClientFace>();
  readonly #room: Room;
  readonly #chat: Chat;
  /** Ends the typing that nobody ended; on every node, so that a lost hint leaves nobody typing for ever. */
  readonly #typing = new Map<string, NodeJS.Timeout>();
  #watch: Attached<Watch> | undefined;
  #patch: NodeJS.Timeout | undefined;

  constructor(room: Room, chat: Chat, conversationId: string) {
    this.#room = room;
    this.#chat = chat;
    this.conversationId = conversationId;
  }

  get isLarge(): boolean {
    return this.state.memberCount > SMALL_GROUP;
  }

  get position(): { rev: number; lastSeq: number } {
    return { rev: this.#watch?.source.rev ?? 0, lastSeq: this.#watch?.source.lastSeq ?? 0 };
  }

  /** Watches first, reads after: an event that the picture holds already changes nothing in it. */
  async open(): Promise<void> {
    this.#watch = await this.#chat.feeds.attachToConversation(this.conversationId, this);
    await this.#read();
  }

  async #read(): Promise<void> {
    const read = await readConversation(this.#chat, this.conversationId);
    const { state } = this;
    state.id = this.conversationId;
    state.kind = read.kind;
    state.name = read.name;
    state.description = read.description;
    state.memberCount = read.memberCount;
    state.lastSeq = Math.max(read.lastSeq, this.position.lastSeq);
    state.rev = Math.max(read.rev, this.position.rev);
    if (this.isLarge) return;
    const members = new Set(read.members.map((member) => member.userId));
    for (const userId of state.members.keys()) if (!members.has(userId)) state.members.delete(userId);
    for (const member of read.members) this.#show(member, read.online.has(member.userId));
  }

  close(): void {
    clearTimeout(this.#patch);
    for (const timer of this.#typing.values()) clearTimeout(timer);
    this.#watch?.detach();
  }

  /** In a large group only those who are here are shown. */
  enter(member: MemberView): void {
    this.#show(member, true);
    this.#changed();
  }

  leave(userId: string): void {
    if (this.#typing.has(userId)) {
      announceTyping(this.#chat, userId, { conversationId: this.conversationId, on: false });
    }
    if (!this.isLarge) return;
    this.state.members.delete(userId);
    this.#changed();
  }

  deliver(event: ChatEvent): void {
    this.#apply(event);
    for (const face of this.faces) face.deliver(event);
    this.#changed();
  }

  #apply(event: ChatEvent): void {
    const { state } = this;
    if ('rev' in event) state.rev = Math.max(state.rev, event.rev);
    switch (event.type) {
      case 'message':
        state.lastSeq = Math.max(state.lastSeq, event.message.seq);
        this.#setTyping(event.message.senderId, false);
        return;
      case 'mark':
        for (const mark of event.marks) {
          const member = state.members.get(mark.userId);
          if (!member) continue;
          member.deliveredSeq = Math.max(member.deliveredSeq, mark.deliveredSeq);
          member.readSeq = Math.max(member.readSeq, mark.readSeq);
        }
        return;
      case 'member': {
        const wasLarge = this.isLarge;
        state.memberCount = event.memberCount;
        if (wasLarge !== this.isLarge) this.#resize();
        if (event.member.left) this.#expel(event.member.userId);
        else if (!this.isLarge || state.members.has(event.member.userId)) this.#show(event.member);
        return;
      }
      case 'conversation':
        state.name = event.conversation.name;
        state.description = event.conversation.description;
        return;
      case 'typing':
        this.#setTyping(event.userId, event.on);
        return;
      case 'presence': {
        const member = state.members.get(event.userId);
        if (member) member.online = event.online;
        return;
      }
      case 'user': {
        const member = state.members.get(event.user.id);
        if (!member) return;
        member.username = event.user.username;
        member.displayName = event.user.displayName;
        return;
      }
      case 'reset':
        this.#readAgain();
        return;
      default:
        return;
    }
  }

  #readAgain(): void {
    this.#read()
      .then(() => this.#changed())
      .catch((error: unknown) => this.#chat.log.warn({ err: error }, 'reading a room again failed'));
  }

  /** Grown large it shows those who are here, grown small everybody. */
  #resize(): void {
    if (!this.isLarge) {
      this.#readAgain();
      return;
    }
    const here = new Set([...this.faces].map((face) => callerOf(face.client).userId));
    for (const userId of this.state.members.keys()) if (!here.has(userId)) this.state.members.delete(userId);
  }

  /** Whoever left sees their own leaving and nothing after it. */
  #expel(userId: string): void {
    this.#setTyping(userId, false);
    this.state.members.delete(userId);
    for (const face of this.faces) {
      if (callerOf(face.client).userId === userId) queueMicrotask(() => this.expelled(face));
    }
  }

  /** Set by the room, which owns the clients. */
  expelled: (face: ClientFace) => void = () => {};

  #show(member: MemberView, online?: boolean): void {
    const known = this.state.members.get(member.userId);
    const shown = known ?? new MemberState();
    shown.username = member.username;
    shown.displayName = member.displayName;
    shown.role = member.role;
    shown.deliveredSeq = Math.max(member.deliveredSeq, shown.deliveredSeq ?? 0);
    shown.readSeq = Math.max(member.readSeq, shown.readSeq ?? 0);
    shown.online = online ?? shown.online ?? false;
    shown.typing ??= false;
    if (!known) this.state.members.set(member.userId, shown);
  }

  #setTyping(userId: string, on: boolean): void {
    clearTimeout(this.#typing.get(userId));
    this.#typing.delete(userId);
    const member = this.state.members.get(userId);
    if (!member) return;
    if (member.typing !== on) member.typing = on;
    if (!on) return;
    const expire = (): void =>
      this.deliver({ type: 'typing', conversationId: this.conversationId, userId, on: false });
    this.#typing.set(userId, setTimeout(expire, TYPING_MS));
  }

  #changed(): void {
    this.#patch ??= setTimeout(() => {
      this.#patch = undefined;
      this.#room.broadcastPatch();
    }, PATCH_MS);
  }
}

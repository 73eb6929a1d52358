import type { Client, Room as SdkRoom } from '@colyseus/sdk';
import { apply } from './apply.ts';
import { SETTLE_MS } from './limits.ts';
import { Line } from './line.ts';
import { type WritableStore, without } from './store.ts';
import type { Api, Snapshot } from './types.ts';
import type { TypingEvent, UserEvent } from './wire.ts';

export interface OpenRoomNeeds {
  readonly api: Api;
  readonly sdk: Client;
  readonly store: WritableStore<Snapshot>;
}

/** In a large group only its room tells that somebody has another name. */
type Heard = TypingEvent | UserEvent;

type SeenMembers = ReadonlyMap<string, { readonly online: boolean; readonly typing: boolean }>;

/**
 * The room of the conversation that is shown, for what only a room tells: who is here, and who types. What is kept
 * comes over the inbox, so that it comes once.
 */
export class OpenRoom {
  readonly #needs: OpenRoomNeeds;
  #line: Line | undefined;
  #conversationId: string | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(needs: OpenRoomNeeds) {
    this.#needs = needs;
  }

  show(conversationId: string | null): void {
    if (conversationId === (this.#conversationId ?? null)) return;
    void this.leave();
    if (conversationId === null) return;
    this.#conversationId = conversationId;
    this.#settling = setTimeout(() => this.#join(conversationId), SETTLE_MS);
  }

  async leave(): Promise<void> {
    clearTimeout(this.#settling);
    const line = this.#line;
    this.#line = undefined;
    this.#conversationId = undefined;
    await line?.stop();
  }

  wake(): void {
    this.#line?.wake();
  }

  giveUp(): void {
    this.#line?.giveUp();
  }

  tellTyping(conversationId: string, on: boolean): void {
    if (conversationId === this.#conversationId) this.#line?.tell('typing', { on });
  }

  #join(conversationId: string): void {
    const { api, sdk, store } = this.#needs;
    const conversation = store.snapshot.conversations.get(conversationId);
    const isThere = conversation && (conversation.kind === 'group' || conversation.peer);
    if (!isThere) {
      // One was removed meanwhile. Who is let in again, and looks again, begins anew.
      this.#conversationId = undefined;
      return;
    }
    const { kind, peer } = conversation;
    let wasUp = false;
    const line = new Line({
      api,
      sdk,
      room: kind,
      options: kind === 'dialog' ? { userId: peer!.id } : { id: conversationId },
      hear: (type, payload) => {
        if (type === 'typing' || type === 'user') this.#hear({ type, ...payload } as Heard);
      },
      onUp: (room) => {
        wasUp = true;
        let isNew = true;
        room.onStateChange(() => {
          if (this.#line !== line) return;
          this.#show(conversationId, membersOf(room));
          // From then on there are events.
          if (isNew) this.#showTypists(conversationId, membersOf(room));
          isNew = false;
        });
      },
      onDown: () => this.#forget(conversationId),
      // One was removed, or the session has ended: the inbox says so too. Who is let in again begins anew.
      onEnded: () => {
        if (this.#line !== line) return;
        this.#line = undefined;
        this.#conversationId = undefined;
        // Let in again, and shown again, before the old line had ended. One that was refused ends here.
        const { open, conversations } = store.snapshot;
        if (wasUp && open === conversationId && conversations.has(conversationId)) this.show(conversationId);
      },
    });
    this.#line = line;
    line.start();
  }

  #hear(event: Heard): void {
    const { store } = this.#needs;
    const isOwnTyping = event.type === 'typing' && event.userId === store.snapshot.me?.id;
    if (!isOwnTyping) store.update((snapshot) => apply(snapshot, event).snapshot);
  }

  #show(conversationId: string, members: SeenMembers): void {
    const online = new Set<string>();
    for (const [userId, member] of members) if (member.online) online.add(userId);
    this.#needs.store.update((snapshot) => {
      const before = snapshot.room;
      const isSame =
        before?.conversationId === conversationId &&
        before.online.size === online.size &&
        [...online].every((userId) => before.online.has(userId));
      return isSame ? snapshot : { ...snapshot, room: { conversationId, online } };
    });
  }

  #showTypists(conversationId: string, members: SeenMembers): void {
    for (const [userId, { typing }] of members) {
      if (typing) this.#hear({ type: 'typing', conversationId, userId, on: true });
    }
  }

  #forget(conversationId: string): void {
    this.#needs.store.update((snapshot) => ({
      ...snapshot,
      room: snapshot.room?.conversationId === conversationId ? null : snapshot.room,
      typing: without(snapshot.typing, conversationId),
    }));
  }
}

function membersOf(room: SdkRoom): SeenMembers {
  return room.state?.members ?? new Map();
}

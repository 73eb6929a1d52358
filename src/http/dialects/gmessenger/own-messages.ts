import type { MarkView, MemberView, MessageView } from '../../../chat/events.ts';
import { MAX_PENDING, SMALL_GROUP } from '../../../chat/limits.ts';
import { type Reach, type Receipts, reachOf } from '../../../chat/receipts.ts';

export interface MessageStatus {
  readonly id: number;
  readonly status: Reach;
}

interface Pending {
  readonly id: number;
  reach: Reach;
}

/**
 * How far somebody's own messages have come in one conversation. Marks only grow, so a message never goes back, and
 * one that everybody has read is forgotten.
 */
export class OwnMessages {
  readonly #ownerId: string;
  readonly #marks = new Map<string, MarkView>();
  /** By `seq`, ascending. */
  readonly #pending = new Map<number, Pending>();
  #live: boolean;

  constructor(ownerId: string, { marks, live, pending }: Receipts) {
    this.#ownerId = ownerId;
    this.#live = live;
    for (const mark of marks) this.#marks.set(mark.userId, mark);
    for (const { id, seq } of pending) this.#add(id, seq);
  }

  /** As it was when this message of theirs was written, and nobody could have it yet. */
  static before({ senderId, seq }: Pick<MessageView, 'senderId' | 'seq'>, receipts: Receipts): OwnMessages {
    const marks = receipts.marks.map(({ userId, deliveredSeq, readSeq }) => ({
      userId,
      deliveredSeq: Math.min(deliveredSeq, seq - 1),
      readSeq: Math.min(readSeq, seq - 1),
    }));
    return new OwnMessages(senderId, { ...receipts, marks, pending: [] });
  }

  /** Whether they are in the conversation; of a large group not everybody is known. */
  has(userId: string): boolean {
    return this.#marks.has(userId);
  }

  get people(): string[] {
    return [...this.#marks.keys()];
  }

  /** Everybody has read everything. */
  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  /** As the message is shown now, its own readers included. */
  show({ id, seq, senderId }: Pick<MessageView, 'id' | 'seq' | 'senderId'>): Reach {
    if (senderId === this.#ownerId) return this.#add(id, seq);
    const mine = this.#marks.get(this.#ownerId);
    if (mine) this.#set({ ...mine, deliveredSeq: seq, readSeq: seq });
    return reachOf(this.#marks.values(), { senderId, seq });
  }

  /** Answers those of the owner's messages that have come further. */
  move(marks: readonly MarkView[]): MessageStatus[] {
    for (const mark of marks) this.#set(mark);
    return this.#news();
  }

  /** Somebody has come, or has left, who may be all that was waited for. */
  changePlace({ left, userId, deliveredSeq, readSeq }: MemberView, memberCount: number): MessageStatus[] {
    // From here on not all marks are told, and who is behind is not known.
    if (memberCount > SMALL_GROUP) this.#live = false;
    if (!left) return this.move([{ userId, deliveredSeq, readSeq }]);
    this.#marks.delete(userId);
    return this.#news();
  }

  /** What happened since the first look. */
  catchUp({ marks, pending }: Receipts): MessageStatus[] {
    for (const { id, seq } of pending) if (!this.#pending.has(seq)) this.#add(id, seq);
    return this.move(marks);
  }

  #set(mark: MarkView): void {
    const known = this.#marks.get(mark.userId);
    this.#marks.set(mark.userId, {
      userId: mark.userId,
      deliveredSeq: Math.max(mark.deliveredSeq, known?.deliveredSeq ?? 0),
      readSeq: Math.max(mark.readSeq, known?.readSeq ?? 0),
    });
  }

  #add(id: number, seq: number): Reach {
    const known = this.#pending.get(seq);
    if (known !== undefined) return known.reach;
    const reach = reachOf(this.#marks.values(), { senderId: this.#ownerId, seq });
    if (reach !== 'read') this.#pending.set(seq, { id, reach });
    if (this.#pending.size > MAX_PENDING) this.#pending.delete(this.#pending.keys().next().value!);
    return reach;
  }

  #news(): MessageStatus[] {
    if (!this.#live) return [];
    const news: MessageStatus[] = [];
    for (const [seq, pending] of this.#pending) {
      const reach = reachOf(this.#marks.values(), { senderId: this.#ownerId, seq });
      // Whoever joins a group has not read what was said before, but that is nobody's concern.
      if (reach === pending.reach || reach === 'sent') continue;
      pending.reach = reach;
      if (reach === 'read') this.#pending.delete(seq);
      news.push({ id: pending.id, status: reach });
    }
    return news;
  }
}

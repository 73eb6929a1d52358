import type { Changes, KeptEvent, Mark, Message } from './wire.ts';

/**
 * One conversation as one client has it. What it is told may come twice, and may be older than what it knows: a
 * message's own `rev` tells which is newer, and marks only grow. So whatever arrives is applied, and only the
 * position is compared.
 */
export class ConversationLog {
  readonly conversationId: string;
  readonly messages = new Map<number, Message>();
  readonly marks = new Map<string, Mark>();
  /** Everything up to here has been applied. */
  rev = 0;
  /** While what was missed is being fetched, events wait here: they are no position before it has come. */
  #waiting: KeptEvent[] | undefined;
  #again = false;
  #lastSeq = 0;

  constructor(conversationId: string) {
    this.conversationId = conversationId;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get isCatchingUp(): boolean {
    return this.#waiting !== undefined;
  }

  hear(event: KeptEvent): void {
    if (this.#waiting === undefined) this.#apply(event);
    else this.#waiting.push(event);
  }

  /** A message that was waiting for this person comes ahead of the position, and is none itself. */
  receive(message: Message): void {
    this.#put(message);
  }

  startCatchingUp(): void {
    this.#waiting ??= [];
  }

  /** What is being fetched may already be too old. */
  askAgain(): void {
    this.#again = true;
  }

  /** Asked once for each answer. */
  mustAskAgain(): boolean {
    const again = this.#again;
    this.#again = false;
    return again;
  }

  /** The line broke: what waits belongs to the old one, and will be fetched again. */
  abandon(): void {
    this.#again = false;
    this.#waiting = undefined;
  }

  apply(changes: Changes & { reset: false }): void {
    for (const message of changes.messages) this.#put(message);
    for (const member of changes.members) this.#move(member);
    this.#goOnFrom(changes.rev);
  }

  /** Too much was missed. The history is at least as new as the position that came with the answer. */
  replace(history: readonly Message[], marks: readonly Mark[], rev: number): void {
    for (const message of history) this.#put(message);
    for (const mark of marks) this.#move(mark);
    this.#goOnFrom(rev);
  }

  #goOnFrom(rev: number): void {
    this.rev = Math.max(this.rev, rev);
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const event of waiting) this.#apply(event);
  }

  #apply(event: KeptEvent): void {
    if (event.type === 'message' || event.type === 'changed') this.#put(event.message);
    else if (event.type === 'mark') for (const mark of event.marks) this.#move(mark);
    else if (event.type === 'member') this.#move(event.member);
    this.rev = Math.max(this.rev, event.rev);
  }

  #put(message: Message): void {
    this.#lastSeq = Math.max(this.#lastSeq, message.seq);
    const known = this.messages.get(message.seq);
    if (known === undefined || message.rev >= known.rev) this.messages.set(message.seq, message);
  }

  #move({ userId, deliveredSeq, readSeq }: Mark): void {
    const known = this.marks.get(userId);
    this.marks.set(userId, {
      userId,
      deliveredSeq: Math.max(deliveredSeq, known?.deliveredSeq ?? 0),
      readSeq: Math.max(readSeq, known?.readSeq ?? 0),
    });
  }
}

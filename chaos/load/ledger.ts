export interface SentMessage {
  readonly clientId: string;
  readonly conversationId: string;
  readonly senderId: string;
  /** Every text that it ever was to have, the newest last. */
  readonly texts: string[];
  /** As acknowledged. */
  seq: number | undefined;
  /** A deletion was asked for; `acknowledged` once it was answered. */
  deletion: 'none' | 'asked' | 'acknowledged';
  /** Some edit was asked more than once: an old attempt may have been carried out last. */
  editedInDoubt: boolean;
}

/** What people have asked for and what they were promised. */
export class Ledger {
  readonly #messages = new Map<string, SentMessage>();
  /** By conversation and person: up to where they were told that they have read. */
  readonly #read = new Map<string, number>();
  #acknowledged = 0;

  /** Of messages, in all. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  send(
    message: Pick<SentMessage, 'clientId' | 'conversationId' | 'senderId'> & { text: string },
  ): SentMessage {
    const { text, ...rest } = message;
    const sent: SentMessage = {
      ...rest,
      texts: [text],
      seq: undefined,
      deletion: 'none',
      editedInDoubt: false,
    };
    this.#messages.set(sent.clientId, sent);
    return sent;
  }

  acknowledge(message: SentMessage, seq: number): void {
    message.seq = seq;
    this.#acknowledged += 1;
  }

  of(conversationId: string): SentMessage[] {
    return [...this.#messages.values()].filter((message) => message.conversationId === conversationId);
  }

  get(clientId: string): SentMessage | undefined {
    return this.#messages.get(clientId);
  }

  read(conversationId: string, userId: string, seq: number): void {
    this.#read.set(conversationId + userId, Math.max(seq, this.lastRead(conversationId, userId)));
  }

  lastRead(conversationId: string, userId: string): number {
    return this.#read.get(conversationId + userId) ?? 0;
  }
}

// What the server says, as far as this client needs it (docs/protocol.md).

export interface Message {
  readonly id: number;
  readonly seq: number;
  readonly rev: number;
  readonly senderId: string;
  readonly clientId: string | null;
  readonly text: string;
  readonly editedAt: string | null;
  readonly deletedAt: string | null;
}

export interface Mark {
  readonly userId: string;
  readonly deliveredSeq: number;
  readonly readSeq: number;
}

export interface Member extends Mark {
  readonly left: boolean;
}

interface At {
  readonly conversationId: string;
  readonly rev: number;
}

/** What happened in a conversation and has a place in its order. */
export type KeptEvent =
  | (At & { readonly type: 'message' | 'changed'; readonly message: Message })
  | (At & { readonly type: 'mark'; readonly marks: readonly Mark[] })
  | (At & { readonly type: 'member'; readonly member: Member })
  | (At & { readonly type: 'conversation' | 'reset' });

export type Changes =
  | {
      readonly reset: false;
      readonly rev: number;
      readonly messages: readonly Message[];
      readonly members: readonly Member[];
    }
  | { readonly reset: true; readonly rev: number };

export interface History {
  readonly items: readonly Message[];
  readonly more: boolean;
}

/** A conversation's room names the one, an inbox all of them. */
export interface Ready extends Partial<At> {
  readonly positions?: readonly At[];
}

export interface Sent {
  readonly seq: number;
  readonly duplicate: boolean;
}

export interface Presence {
  readonly userId: string;
  readonly online: boolean;
}

const KEPT = new Set<unknown>(['message', 'changed', 'mark', 'member', 'conversation', 'reset']);

/** The type travels beside the payload. Undefined for what is not kept. */
export function keptEvent(type: unknown, payload: object): KeptEvent | undefined {
  return KEPT.has(type) ? ({ type, ...payload } as KeptEvent) : undefined;
}

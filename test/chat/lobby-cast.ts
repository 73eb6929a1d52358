import { randomUUID } from 'node:crypto';
import type { Caller } from '../../src/chat/authenticate.ts';
import type { Chat } from '../../src/chat/chat.ts';
import { ensureBot } from '../../src/chat/ensure-bot.ts';
import { enterAsGuest } from '../../src/chat/lobby/enter-lobby.ts';
import { openGroup } from '../../src/chat/lobby/open-group.ts';
import { type Shown, waitForEvent } from '../../src/chat/lobby/wait-for-event.ts';
import { sendMessage } from '../../src/chat/send-message.ts';

const OWNER_ID = '00000000-0000-4000-8000-000000000001';

export interface Guest extends Caller {
  readonly name: string;
}

export interface Tearoom {
  readonly ownerId: string;
  readonly id: string;
  readonly name: string;
}

/** A public group that is nobody else's, and belongs to a bot. */
export async function openTearoom(chat: Chat): Promise<Tearoom> {
  const { id: ownerId } = await ensureBot(chat, { id: OWNER_ID, username: 'owner' });
  const name = `tea-${randomUUID()}`;
  return { ownerId, name, id: await openGroup(chat, { name, ownerId }) };
}

/** A guest who is in the lobby; their name begins so. */
export async function enter(chat: Chat, called: string): Promise<Guest> {
  const username = `${called}-${randomUUID().slice(0, 8)}`;
  const { user, session } = await enterAsGuest(chat, { username, device: 'test' });
  return { userId: user.id, sessionId: session.id, name: username };
}

export function say(chat: Chat, who: Caller, { id }: Tearoom, text: string) {
  return sendMessage(chat, who.userId, { conversationId: id, text, attachments: [] });
}

export function wait(
  chat: Chat,
  who: Caller,
  { waitMs = 20_000, signal = new AbortController().signal } = {},
): Promise<Shown | undefined> {
  return waitForEvent(chat, who, { waitMs, signal });
}

/** The next event in words, shown and over. */
export async function hear(chat: Chat, who: Caller, waitMs?: number): Promise<string> {
  const shown = await wait(chat, who, { waitMs });
  shown?.settle({ more: false });
  return shown === undefined ? 'nothing' : inWords(shown);
}

export async function hearAll(chat: Chat, who: Caller): Promise<string[]> {
  const heard: string[] = [];
  for (let next = await hear(chat, who, 0); next !== 'nothing'; next = await hear(chat, who, 0))
    heard.push(next);
  return heard;
}

function inWords({ event }: Shown): string {
  if (event.kind === 'message') return `said ${event.message.text}`;
  return `${event.kind} ${event.name === '' ? event.groupName : event.name.replace(/-.*/, '')}`;
}

import type { Chat } from '../../../chat/chat.ts';
import { ensureBot } from '../../../chat/ensure-bot.ts';
import { ChatError } from '../../../chat/errors.ts';
import { joinGroup } from '../../../chat/join-group.ts';
import { openGroup } from '../../../chat/lobby/open-group.ts';
import { sendMessage } from '../../../chat/send-message.ts';

/** Fixed: whatever it is called, it is found again. */
const BOT_ID = '5b0f6f0e-6d0a-4b6e-9c58-2f8f1c9a7d11';
const BOT_NAME = 'Bot';
const FIRST_CHAT = 'Main';

const COMMANDS: Readonly<Record<string, string>> = {
  '/help': 'Available commands: /help, /anecdot (/anekdot)',
};

type Needs = Pick<Chat, 'database' | 'announcer' | 'bus' | 'messages' | 'log'>;

/** Owns the chats, so that none depends on whoever made it, and answers in all of them. */
export class ServerBot {
  readonly #chat: Needs;

  constructor(chat: Needs) {
    this.#chat = chat;
  }

  /** Every node does this when it starts; the first one finds something to do. */
  async start(): Promise<void> {
    await ensureBot(this.#chat, { id: BOT_ID, username: BOT_NAME });
    await this.open(FIRST_CHAT).catch((error) => {
      if (!(error instanceof ChatError && error.code === 'conflict')) throw error;
    });
  }

  async open(name: string): Promise<void> {
    await openGroup(this.#chat, { name, ownerId: BOT_ID });
  }

  /** Answers what it understands, right after it in the chat's order. Whoever asked is answered in any case. */
  async hear(conversationId: string, text: string): Promise<void> {
    const answer = Object.hasOwn(COMMANDS, text) ? COMMANDS[text] : undefined;
    if (answer === undefined) return;
    try {
      // Chats that were made by other wires it has not entered yet.
      await joinGroup(this.#chat, BOT_ID, conversationId);
      await sendMessage(this.#chat, BOT_ID, { conversationId, text: answer, attachments: [] });
    } catch (error) {
      this.#chat.log.warn({ err: error }, 'the bot could not answer');
    }
  }
}

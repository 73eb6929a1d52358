import type { Caller } from '../authenticate.ts';
import type { Chat } from '../chat.ts';
import { ChatError } from '../errors.ts';
import { accountFiles } from './account-files.ts';
import { conversationFiles } from './conversation-files.ts';
import { moreFiles } from './more-files.ts';
import { README } from './readme.ts';
import { uploadedFiles } from './uploaded-files.ts';
import { type ExportedFile, zip } from './zip.ts';

type Needs = Pick<Chat, 'database' | 'admins' | 'sessions' | 'exports' | 'media'>;

/**
 * Everything about the caller, as a zip that is made while it is read. It ends with their session, wherever it is by
 * then. Whoever takes the first piece must take the rest or `return` it.
 */
export async function* exportMe(chat: Needs, { userId, sessionId }: Caller): AsyncGenerator<Uint8Array> {
  const over = chat.exports.begin(userId);
  let signedIn = true;
  const forget = chat.sessions.add(sessionId, {
    end: () => {
      signedIn = false;
    },
  });
  try {
    for await (const chunk of zip(filesAbout(chat, userId))) {
      if (!signedIn) throw new ChatError('unauthenticated', 'this session has ended');
      yield chunk;
    }
  } finally {
    forget();
    over();
  }
}

async function* filesAbout(chat: Needs, userId: string): AsyncGenerator<ExportedFile> {
  yield { name: 'README.txt', pieces: only(README) };
  yield* accountFiles(chat, userId);
  yield* moreFiles(chat, userId);
  yield* conversationFiles(chat, userId);
  yield* uploadedFiles(chat, userId);
}

async function* only(text: string): AsyncGenerator<string> {
  yield text;
}

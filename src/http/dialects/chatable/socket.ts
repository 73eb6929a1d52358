import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Chat } from '../../../chat/chat.ts';
import { findConversationPeople } from '../../../chat/conversation-people.ts';
import type { ChatEvent } from '../../../chat/events.ts';
import { textInput } from '../../../chat/inputs/messages.ts';
import { openDialog } from '../../../chat/open-dialog.ts';
import { sendMessage } from '../../../chat/send-message.ts';
import { bearerToken } from '../../api/kit.ts';
import { STATUS_OF } from '../../errors.ts';
import { deliveredWhenShown } from '../delivered.ts';
import type { DialectSockets, Knock } from '../dialect.ts';
import { insist } from '../insist.ts';
import { MAX_DIALECT_FRAME_BYTES } from '../limits.ts';
import { Line, onceForAll } from '../line.ts';
import { authenticate } from './authenticate.ts';
import { failure } from './envelope.ts';
import { clientIdFor, PHOTO, sidesOf, TEXT, wireMessage } from './messages.ts';

/** The key pair has been given back, or its session has ended elsewhere. */
const SIGNED_OUT = 1000;

/** Who wrote it is known: whatever the frame says of its author is not looked at. */
const frame = z.object({
  recipient: z.string(),
  message: textInput,
  message_type: z.literal([TEXT, PHOTO]).default(TEXT),
});
type Frame = z.output<typeof frame>;

/** Who has a token may come from any page: no browser adds one by itself. */
export function createSockets(chat: Chat): DialectSockets {
  const frameOf = onceForAll((event) => presentMessage(chat, event));
  const shown = deliveredWhenShown(chat);
  return {
    maxFrameBytes: MAX_DIALECT_FRAME_BYTES,
    async admit(knock) {
      if (knock.path !== '/api/ws') return undefined;
      const { address } = knock;
      const caller = await authenticate(chat, tokenOf(knock), address);
      const asker = { account: caller.userId, device: caller.sessionId, address };
      chat.limits.take('join', asker);
      return {
        caller,
        enter(socket) {
          void Line.open({
            ...{ chat, socket, caller, shown, endedCode: SIGNED_OUT },
            async receive(text, line) {
              const said = readFrame(text);
              if (said === undefined) return;
              const random = randomUUID();
              await insist(line, async () => {
                chat.limits.take('message', asker);
                await send(chat, caller.userId, said, random);
              });
            },
            async present(event, line) {
              const made = await frameOf(event);
              return made?.recipientId === line.caller.userId ? made.frame : undefined;
            },
          });
        },
      };
    },
    refuse: (refusal) => ({
      status: STATUS_OF[refusal.code],
      body: failure(refusal, STATUS_OF[refusal.code]),
    }),
  };
}

function tokenOf({ headers, query }: Knock): string | undefined {
  return bearerToken(headers.authorization) ?? query.get('access_token') ?? undefined;
}

/** Undefined for what is no message: this wire has no word for that. */
function readFrame(text: string): Frame | undefined {
  try {
    return frame.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The same `random` for another try: it cannot appear twice. */
async function send(chat: Chat, callerId: string, said: Frame, random: string): Promise<void> {
  const { recipient, message, message_type: type } = said;
  const conversationId = await openDialog(chat, callerId, { username: recipient });
  await sendMessage(chat, callerId, {
    ...{ conversationId, text: message, attachments: [] },
    clientId: clientIdFor(type, random),
  });
}

/** For whom it is, and how it looks. */
async function presentMessage(
  chat: Chat,
  event: ChatEvent,
): Promise<{ readonly recipientId: string; readonly frame: string } | undefined> {
  if (event.type !== 'message' || event.message.deletedAt !== null) return undefined;
  const { conversationId, message } = event;
  const dialog = (await findConversationPeople(chat, [conversationId])).get(conversationId);
  if (dialog?.kind !== 'dialog') return undefined;
  return {
    recipientId: sidesOf(message, dialog).recipient.id,
    frame: JSON.stringify(wireMessage(chat, message, dialog)),
  };
}

import { ChatError } from '../../../chat/errors.ts';
import { readMessage } from '../../../chat/read-message.ts';
import { clientAddress } from '../../client-address.ts';
import { callerOf, signedIn } from './auth.ts';
import { bodyOf, filesOf, textOfField } from './bodies.ts';
import type { Face } from './face.ts';
import { decodeMedia } from './media-in-json.ts';
import { saysError, told } from './refusals.ts';
import { markSeen, sendToFriend, takeSending } from './sending.ts';
import { messageStatusOf } from './views.ts';

const UNREAD = { deliveredSeq: 0, readSeq: 0 };
const NO_FRIENDSHIP = { error: 'Friendship not found' };
const NOT_YOURS = { error: 'You are not authorized to send messages to this friendship' };

export function addMessages({ app, chat, tokens, forms, base }: Face): void {
  app.post(`${base}/api/messages/friendship`, saysError, signedIn(tokens), forms.read, async (c) => {
    const { userId, sessionId } = callerOf(c);
    const body = await bodyOf(c);
    const inForm = await filesOf(c);
    const said = {
      text: textOfField(body.content) ?? textOfField(body.payload) ?? '',
      files: inForm.length > 0 ? inForm : decodeMedia(body.media),
    };
    takeSending(chat, { account: userId, device: sessionId, address: clientAddress(c) }, said);
    return told(
      async () => {
        const { tie, messageId } = await sendToFriend(chat, userId, body.channel, said);
        const { message } = await readMessage(chat, userId, messageId);
        const data = messageStatusOf(base, tie, message, UNREAD);
        return c.json({ success: 'Message sent successfully', data }, 201);
      },
      { not_found: () => c.json(NO_FRIENDSHIP, 404), forbidden: () => c.json(NOT_YOURS, 401) },
    );
  });

  const seenPath = `${base}/api/messages/friendship/notification/seen`;
  app.post(seenPath, saysError, signedIn(tokens), async (c) => {
    const body = await bodyOf(c);
    const messageId = textOfField(body.message_id) ?? textOfField(body.message);
    if (!messageId) throw new ChatError('bad_request', 'message_id is required');
    const none = () => c.json({ error: 'Message not found' }, 404);
    return told(
      async () => {
        await markSeen(chat, callerOf(c).userId, { messageId });
        return c.json({ success: 'Message marked as seen' }, 200);
      },
      { not_found: none, forbidden: none },
    );
  });
}

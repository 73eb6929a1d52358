import type { Chat } from '../chat.ts';
import type { AttachmentView } from '../events.ts';
import { cleanFileName, withExtension } from './file-name.ts';
import { isImageType } from './images.ts';
import { typeOf } from './media-type.ts';
import { attachmentOf } from './media-view.ts';
import { measure, receive, type Spooled } from './spool.ts';
import { type IncomingFile, type Prepared, type UploadNeeds, upload } from './upload.ts';

/** A file to be sent later: `attachments` of a message name it by its id. Until then only its owner sees it. */
export function uploadAttachment(
  chat: UploadNeeds & Pick<Chat, 'links'>,
  callerId: string,
  file: IncomingFile,
): Promise<AttachmentView> {
  return upload(chat, {
    ownerId: callerId,
    kind: 'attachment',
    prepare: (spooled) => prepare(chat, file, spooled),
    keep: async (_em, _owner, media) => chat.links.attachment(attachmentOf(media)),
  });
}

async function prepare({ media }: UploadNeeds, file: IncomingFile, spooled: Spooled): Promise<Prepared> {
  const received = await receive(file.bytes, spooled.raw, media.limits.fileBytes);
  const name = cleanFileName(file.name);
  const type = await typeOf(spooled.raw);
  if (!isImageType(type)) return { name, type, ...received, path: spooled.raw, image: null };
  const files = { from: spooled.raw, to: spooled.made, thumb: spooled.thumb };
  const { extension, width, height, ...made } = await media.images.make(files, type);
  return {
    name: withExtension(name, extension),
    type: made.type,
    ...(await measure(spooled.made)),
    path: spooled.made,
    image: { width, height, thumbSize: (await measure(spooled.thumb)).size },
  };
}

import type { Media } from '../../entities/media.ts';
import type { StoredAttachment } from '../../entities/types.ts';

/** The same facts as a message keeps of it. */
export function attachmentOf(media: Media): StoredAttachment {
  return {
    id: media.id,
    name: media.name,
    type: media.type,
    size: media.size,
    width: media.width ?? null,
    height: media.height ?? null,
  };
}

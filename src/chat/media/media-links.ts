import { createHmac, timingSafeEqual } from 'node:crypto';
import type { StoredAttachment } from '../../entities/types.ts';
import type { AttachmentView, MessageView } from '../events.ts';
import type { KeyRing } from '../key-ring.ts';
import { MEDIA_LINK_STEP_SECONDS } from '../limits.ts';

export const MEDIA_SIZES = ['full', 'thumb'] as const;
export type MediaSize = (typeof MEDIA_SIZES)[number];

/** What a link carries besides the file's id. */
export interface SignedLink {
  readonly size: MediaSize;
  /** Seconds since 1970. */
  readonly expires: number;
  readonly signature: string;
}

/** A message as it is stored: its files without links. */
export type UnlinkedMessage = Omit<MessageView, 'attachments'> & {
  readonly attachments: readonly StoredAttachment[];
};

const PATH = '/api/v1/media';
const NONE: readonly AttachmentView[] = [];

/**
 * Links for those who cannot send a token, which is what `<img>` and `<video>` are. A link opens one size of one
 * file for a while, to whoever has it; it is made only for those who may read the file. All links of half a day
 * are the same, so a browser that was shown a picture once does not fetch it again with every page.
 */
export class MediaLinks {
  /** The current one first, which signs; links of the others are good for as long as they say. */
  readonly #keys: readonly Buffer[];

  /** The keys are good for nothing else: no signature of another kind can be taken for a link. */
  constructor(keys: KeyRing) {
    this.#keys = keys.derive('parlour media links');
  }

  inMessage(message: UnlinkedMessage): MessageView {
    const { attachments } = message;
    return {
      ...message,
      attachments: attachments.length === 0 ? NONE : attachments.map((each) => this.attachment(each)),
    };
  }

  attachment(stored: StoredAttachment): AttachmentView {
    return {
      ...stored,
      url: this.#link(stored.id, 'full'),
      // Images are the only files that have dimensions, and all of them have a thumbnail.
      thumbUrl: stored.width === null ? null : this.#link(stored.id, 'thumb'),
    };
  }

  verify(id: string, { size, expires, signature }: SignedLink): boolean {
    const given = Buffer.from(signature, 'base64url');
    const signed = this.#keys
      .map((key) => sign(key, id, size, expires))
      .some((wanted) => given.length === wanted.length && timingSafeEqual(given, wanted));
    return signed && expires > Date.now() / 1_000;
  }

  #link(id: string, size: MediaSize): string {
    const expires = linkExpiry(Date.now() / 1_000);
    const signature = sign(this.#keys[0]!, id, size, expires).toString('base64url');
    const thumb = size === 'thumb' ? 'size=thumb&' : '';
    return `${PATH}/${id}?${thumb}expires=${expires}&signature=${signature}`;
  }
}

function sign(key: Buffer, id: string, size: MediaSize, expires: number): Buffer {
  return createHmac('sha256', key).update(`${id}\n${size}\n${expires}`).digest();
}

/** At the end of the half day after this one: a link is good for half a day at least and a day at the most. */
export function linkExpiry(now: number): number {
  return (Math.floor(now / MEDIA_LINK_STEP_SECONDS) + 2) * MEDIA_LINK_STEP_SECONDS;
}

/** Of a person: the same for as long as the picture is. */
export function avatarLink(id: string, key: string): string {
  return `${PATH}/${id}?key=${key}`;
}

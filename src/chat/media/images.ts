import pLimit from 'p-limit';
import sharp, { type FormatEnum, type Metadata, type Sharp } from 'sharp';
import { ChatError } from '../errors.ts';
import {
  AVATAR_SIDE,
  IMAGE_SECONDS,
  MAX_IMAGE_FRAMES,
  MAX_IMAGE_PIXELS,
  MAX_IMAGE_SIDE,
  MAX_IMAGES_AT_ONCE,
  MAX_IMAGES_QUEUED,
  THUMB_SIDE,
} from '../limits.ts';

/** What comes in, by its content, and what goes out. Whatever is not here is no image to us. */
const FORMATS = {
  'image/jpeg': { to: 'jpeg', extension: 'jpg' },
  'image/png': { to: 'png', extension: 'png' },
  'image/webp': { to: 'webp', extension: 'webp' },
  'image/gif': { to: 'gif', extension: 'gif' },
  // Making AVIF takes seconds a picture, and not everybody can look at it.
  'image/avif': { to: 'webp', extension: 'webp' },
} as const satisfies Record<string, { to: keyof FormatEnum; extension: string }>;

export type ImageType = keyof typeof FORMATS;

export function isImageType(type: string): type is ImageType {
  return Object.hasOwn(FORMATS, type);
}

export interface MadeImage {
  readonly type: string;
  readonly extension: string;
  readonly width: number;
  readonly height: number;
}

/** Where a picture comes from, and where it and its small one go. */
export interface ImageFiles {
  readonly from: string;
  readonly to: string;
  readonly thumb: string;
}

// Strangers choose what is read here: only the readers of these formats, out of the many that there are.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((name) => `VipsForeignLoad${name}`),
});
// Nobody shows us the same picture twice; several at once are enough for all cores.
sharp.cache(false);
sharp.concurrency(1);

/**
 * Makes pictures anew, a few at a time: turned the right way up, without whatever else the file held (where it
 * was taken, by which camera, a web page behind the picture), and a small one for lists.
 */
export class Images {
  readonly #limit = pLimit(MAX_IMAGES_AT_ONCE);

  make(files: ImageFiles, type: ImageType): Promise<MadeImage> {
    return this.#run(async () => {
      const { animated } = await look(files.from);
      const { to, extension } = FORMATS[type];
      const picture = open(files.from, animated).resize({
        ...bounds(MAX_IMAGE_SIDE),
        withoutEnlargement: true,
      });
      const made = await picture.toFormat(to).toFile(files.to);
      await open(files.from)
        .resize({ ...bounds(THUMB_SIDE), withoutEnlargement: true })
        .webp()
        .toFile(files.thumb);
      return { type: `image/${to}`, extension, width: made.width, height: made.pageHeight ?? made.height };
    });
  }

  /** Square, and all alike whatever they were made of. */
  makeAvatar(files: ImageFiles): Promise<MadeImage> {
    return this.#run(async () => {
      await look(files.from);
      for (const [path, side] of [
        [files.to, AVATAR_SIDE],
        [files.thumb, THUMB_SIDE],
      ] as const) {
        await open(files.from).resize(side, side, { fit: 'cover' }).webp().toFile(path);
      }
      return { type: 'image/webp', extension: 'webp', width: AVATAR_SIDE, height: AVATAR_SIDE };
    });
  }

  async #run(make: () => Promise<MadeImage>): Promise<MadeImage> {
    if (this.#limit.pendingCount >= MAX_IMAGES_QUEUED) {
      throw new ChatError('busy', 'too many pictures are being made; try again soon');
    }
    try {
      return await this.#limit(make);
    } catch (error) {
      if (error instanceof ChatError || isOurs(error)) throw error;
      throw new ChatError('bad_request', 'this picture cannot be read');
    }
  }
}

/** Only what the file says of itself: nothing is unpacked before it is known how large it would be. */
async function look(path: string): Promise<{ animated: boolean }> {
  const { width, height, pages = 1 }: Metadata = await sharp(path, { limitInputPixels: false }).metadata();
  if (width * height * pages > MAX_IMAGE_PIXELS) {
    throw new ChatError(
      'too_large',
      `a picture may have ${MAX_IMAGE_PIXELS} pixels, all its frames together`,
    );
  }
  if (pages > MAX_IMAGE_FRAMES) {
    throw new ChatError('too_large', `a picture may have ${MAX_IMAGE_FRAMES} frames`);
  }
  return { animated: pages > 1 };
}

function open(path: string, animated = false): Sharp {
  return sharp(path, { limitInputPixels: MAX_IMAGE_PIXELS, animated })
    .timeout({ seconds: IMAGE_SECONDS })
    .autoOrient();
}

function bounds(side: number) {
  return { width: side, height: side, fit: 'inside' } as const;
}

/** A full or broken disk is not the picture's fault. */
function isOurs(error: unknown): boolean {
  return /no space left|unable to open for write|i\/o error/i.test((error as Error).message);
}

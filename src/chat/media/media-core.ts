import { ChatError } from '../errors.ts';
import { MAX_UPLOADS_OF_NODE, UPLOAD_AFTERMATH_SECONDS } from '../limits.ts';
import type { Images } from './images.ts';
import type { MediaCleaner } from './media-cleaner.ts';
import type { MediaStore } from './media-store.ts';

/** What whoever runs the server decides about files. */
export interface MediaLimits {
  /** One file, as it comes in. */
  readonly fileBytes: number;
  /** All files of one person, as they are stored. */
  readonly quotaBytes: number;
  /** From the first byte of an upload to its last one. */
  readonly uploadMs: number;
}

/** Longer than any upload takes, with all that comes after its last byte. */
export function uploadSeconds({ uploadMs }: MediaLimits): number {
  return uploadMs / 1_000 + UPLOAD_AFTERMATH_SECONDS;
}

/** All that is there for files: `chat.media`. */
export interface MediaCore {
  readonly store: MediaStore;
  readonly limits: MediaLimits;
  readonly images: Images;
  readonly cleaner: MediaCleaner;
  readonly gate: UploadGate;
}

/** Counts the uploads of this node: each one is a socket, a file that grows and, in the end, a picture to make. */
export class UploadGate {
  #inside = 0;

  async pass<Result>(upload: () => Promise<Result>): Promise<Result> {
    if (this.#inside >= MAX_UPLOADS_OF_NODE) {
      throw new ChatError('busy', 'too many files are being uploaded; try again soon');
    }
    this.#inside += 1;
    try {
      return await upload();
    } finally {
      this.#inside -= 1;
    }
  }
}

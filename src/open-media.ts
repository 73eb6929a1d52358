import { join } from 'node:path';
import type { Log } from './chat/log.ts';
import type { MediaStore } from './chat/media/media-store.ts';
import type { Config } from './config.ts';
import { openMediaFolder } from './media-folder.ts';

export interface OpenMedia {
  readonly store: MediaStore;
  /** Where files are, in words for people. */
  readonly description: string;
  close(): void;
}

export async function openMedia({ media, dataDir }: Config, log: Log): Promise<OpenMedia> {
  if (media.bucket === undefined) {
    const folder = media.folder ?? join(dataDir, 'media');
    return { store: await openMediaFolder(folder), description: `files in ${folder}`, close() {} };
  }
  // Large, and of use to those who have a bucket only.
  const { openBucket } = await import('./media-bucket.ts');
  const { bucket } = media;
  const store = await openBucket({ bucket, spool: join(dataDir, 'media', 'incoming'), log });
  return { store, description: `bucket ${bucket.name} at ${bucket.endpoint}`, close: () => store.close() };
}

import { access, constants, copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaStore } from './chat/media/media-store.ts';
import { StartError } from './start-error.ts';

/** Files in a folder. Several nodes share it: as a network file system, or as one that they have in common. */
export async function openMediaFolder(folder: string): Promise<MediaStore> {
  const spool = join(folder, 'incoming');
  // In 256 folders, by how their names begin: no folder becomes too large to be looked through.
  const pathOf = (name: string): string => join(folder, name.slice(0, 2), name);
  try {
    await mkdir(spool, { recursive: true, mode: 0o700 });
    await access(spool, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(`MEDIA_URL: cannot write into ${folder}: ${(error as Error).message}`);
  }
  return {
    spool,
    async put(name, path) {
      await mkdir(join(folder, name.slice(0, 2)), { recursive: true, mode: 0o700 });
      await move(path, pathOf(name));
    },
    async read(name, range) {
      try {
        const file = await open(pathOf(name));
        return file.createReadStream(range);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}

/** The spool is in the same file system unless somebody mounts another one there. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const aside = `${to}.part`;
    await copyFile(from, aside);
    await rename(aside, to);
    await rm(from);
  }
}

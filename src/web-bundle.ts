import { createHash } from 'node:crypto';
import { join, parse } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Log } from './chat/log.ts';
import type { WebFile, WebFiles } from './http/web-files.ts';

const FOLDER = join(import.meta.dirname, 'web');
const HASH_LENGTH = 10;

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The browser's program, made from `src/web` by the server that hands it out: so it always fits, and nobody has to
 * build anything. It takes some 300 ms, when somebody first asks for the page, and is kept in memory. Nodes with the
 * same sources make the same files. Without it (the bundler is a native program, which a platform may lack) the
 * server does everything else as ever.
 */
export function openWebBundle(log: Log): () => Promise<WebFiles | undefined> {
  let made: Promise<WebFiles | undefined> | undefined;
  return () => {
    made ??= makeWebFiles().catch((error) => {
      log.error({ err: error }, 'the web client could not be bundled: its address shows a plain page');
      return undefined;
    });
    return made;
  };
}

export async function makeWebFiles(): Promise<WebFiles> {
  // Only now: the program behind it starts when it is loaded.
  const { build, stop } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      entryPoints: ['main.tsx', 'style.css', 'icon.svg'].map((name) => join(FOLDER, name)),
      outdir: FOLDER,
      write: false,
      bundle: true,
      minify: true,
      format: 'esm',
      target: ['es2022'],
      jsx: 'automatic',
      jsxImportSource: 'preact',
      loader: { '.svg': 'copy' },
      // The other build writes functions from text, which the page's policy forbids.
      alias: { msgpackr: 'msgpackr/index-no-eval' },
      // All that counts is here: what runs need not have the files for type checkers beside it.
      tsconfigRaw: '{}',
      logLevel: 'silent',
    });
    const files = await Promise.all(outputFiles.map(({ path, contents }) => webFile(path, contents)));
    return new Map(files.map((file) => [file.entry, file]));
  } finally {
    await stop();
  }
}

async function webFile(path: string, contents: Uint8Array): Promise<WebFile> {
  const { name, ext } = parse(path);
  const hash = createHash('sha256').update(contents).digest('base64url').slice(0, HASH_LENGTH);
  const params = {
    [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
    // The best there is takes three times as long, for a hundredth less.
    [constants.BROTLI_PARAM_QUALITY]: 9,
  };
  const [gzipped, brotli] = await Promise.all([
    promisify(gzip)(contents, { level: 9 }),
    promisify(brotliCompress)(contents, { params }),
  ]);
  return {
    entry: `${name}${ext}`,
    name: `${name}-${hash}${ext}`,
    type: TYPES[ext] ?? 'application/octet-stream',
    plain: contents,
    gzip: gzipped,
    br: brotli,
  };
}

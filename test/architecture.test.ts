import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

interface SourceFile {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

function sourcesIn(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));
}

const sources = sourcesIn('src');
const everything = [
  ...sources,
  ...sourcesIn('test'),
  ...sourcesIn('bench'),
  ...sourcesIn('cluster'),
  ...sourcesIn('chaos'),
  ...sourcesIn('screenshots'),
];

function importsOf({ text }: SourceFile): { from: string; typeOnly: boolean }[] {
  const pattern = /^(import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
  return [...text.matchAll(pattern)].map((match) => ({ from: match[3]!, typeOnly: match[2] !== undefined }));
}

/** `src/chat`, `src/http`, …; a file directly in `src` stands for itself. */
function layerOf(path: string): string {
  const [, first] = path.split('/');
  return /\.tsx?$/.test(first!) ? path : `src/${first}`;
}

/** Who may import whom. */
const ARROWS: Record<string, readonly string[]> = {
  'src/entities': [],
  'src/bus': [],
  'src/chat': ['src/entities', 'src/bus'],
  'src/rooms': ['src/chat', 'src/entities'],
  'src/http': ['src/chat', 'src/entities'],
  // Runs in browsers, and knows of the server what it says over HTTP and its sockets.
  'src/web': [],
};
/** Files directly in `src`: they wire everything, and nobody but they themselves imports them. */
const COMPOSITION_ROOT = /^src\/[^/]+\.ts$/;

describe('the architecture', () => {
  it('has imports that only point down', () => {
    const wrong = sources
      .filter(({ path }) => !COMPOSITION_ROOT.test(path))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ from }) => from.startsWith('.'))
          .map(({ from }) => relative(root, resolve(root, dirname(file.path), from)))
          .filter((target) => {
            const [layer, targetLayer] = [layerOf(file.path), layerOf(target)];
            return layer !== targetLayer && !(ARROWS[layer] ?? []).includes(targetLayer);
          })
          .map((target) => `${file.path} → ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('reads the environment in config.ts only', () => {
    const readers = sources.filter(({ text }) => /process\.env|Deno\.env/.test(text)).map(({ path }) => path);
    expect(readers).toEqual(['src/config.ts']);
  });

  it('knows NATS in one file at the most', () => {
    const users = sources.filter((file) =>
      importsOf(file).some(({ from }) => /^(@nats-io\/|nats$)/.test(from)),
    );
    expect(users.map(({ path }) => path).filter((path) => path !== 'src/bus/nats-bus.ts')).toEqual([]);
  });

  it('keeps transports out of the core', () => {
    const transports = /^(@colyseus\/|hono|@hono\/|ws$|node:https?$|express)/;
    const inside = sources.filter(({ path }) => /^src\/(chat|entities)\//.test(path));
    const wrong = inside.filter((file) => importsOf(file).some(({ from }) => transports.test(from)));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('has no file of more than 300 lines', () => {
    const long = everything.filter(({ text }) => text.split('\n').length > 301).map(({ path }) => path);
    expect(long).toEqual([]);
  });

  it('exports by name only', () => {
    const byDefault = sources.filter(({ text }) => /^export default/m.test(text)).map(({ path }) => path);
    expect(byDefault).toEqual([]);
  });

  it('found the files that it judges', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.some((file) => importsOf(file).length > 3)).toBe(true);
  });
});

import { MAX_FILE_NAME_LENGTH } from '../limits.ts';

const NAMELESS = 'file';
const MAX_EXTENSION_LENGTH = 16;

/** Control characters, and those that turn the direction of text, which make `exe.jpg` of `gpj.exe`. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** What means something in a path, on some system. */
const FORBIDDEN = /[/\\:*?"<>|]/g;

/** What others see and save a file as. Ours in the store are never made of it. */
export function cleanFileName(given: string): string {
  const clean = given
    .toWellFormed()
    .normalize()
    .replace(INVISIBLE, '')
    .replace(FORBIDDEN, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  return shorten(clean) || NAMELESS;
}

/** An image that was made anew may have become another kind of image. */
export function withExtension(name: string, extension: string): string {
  const [base, given] = split(name);
  const same = given.toLowerCase() === `.${extension}` || (extension === 'jpg' && /^\.jpe?g$/i.test(given));
  return same ? name : shorten(`${base}.${extension}`);
}

/** The extension stays: it is what the reader's machine goes by. Characters, not halves of them. */
function shorten(name: string): string {
  const [base, extension] = split(name);
  return [...base].slice(0, MAX_FILE_NAME_LENGTH - [...extension].length).join('') + extension;
}

function split(name: string): [string, string] {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || name.length - dot > MAX_EXTENSION_LENGTH) return [name, ''];
  return [name.slice(0, dot), name.slice(dot)];
}

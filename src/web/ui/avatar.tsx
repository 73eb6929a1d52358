import { useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';

interface AvatarProps {
  /** What it stands for: its first letters are shown where there is no picture, and its colour comes from it. */
  readonly name: string;
  readonly picture?: string | null | undefined;
  readonly size?: 'small' | 'normal' | 'large';
  readonly group?: boolean;
  readonly online?: boolean;
}

/** Stands beside the name, so that it says nothing by itself but who is online. */
export function Avatar({ name, picture, size = 'normal', group = false, online = false }: AvatarProps) {
  const { api } = useApp();
  const [broken, setBroken] = useState<string>();
  const shown = picture != null && picture !== broken ? picture : undefined;
  const source = shown && api.link(size === 'large' ? shown : `${shown}&size=thumb`);
  return (
    <span class={`avatar ${size} ${group ? 'group' : ''}`} style={{ '--hue': String(hueOf(name)) }}>
      {source ? (
        <img src={source} alt="" loading="lazy" onError={() => setBroken(picture ?? undefined)} />
      ) : (
        <span aria-hidden="true">{initials(name)}</span>
      )}
      {online && (
        <span class="online" role="img" aria-label="online">
          {''}
        </span>
      )}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '');
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : [name];
  return letters
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}

/** The same for everybody who sees the name. */
function hueOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)!) % 3_600;
  return hash % 360;
}

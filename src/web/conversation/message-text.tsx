const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"']+/gi;
/** What ends a sentence is seldom the end of an address. */
const TAIL = /[.,;:!?)\]}’”]+$/;

interface Part {
  readonly text: string;
  readonly href?: string;
}

export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const shown = found.includes('(') ? found.replace(/[.,;:!?]+$/, '') : found.replace(TAIL, '');
    const href = shown.toLowerCase().startsWith('www.') ? `https://${shown}` : shown;
    if (!URL.canParse(href)) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: shown, href });
    end = index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Text stays text; only addresses can be followed. */
export function MessageText({ text }: { readonly text: string }) {
  return (
    <span class="text">
      {partsOf(text).map(({ text: part, href }) =>
        href === undefined ? (
          part
        ) : (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow">
            {part}
          </a>
        ),
      )}
    </span>
  );
}

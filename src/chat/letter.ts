import type { Mail } from './mailer.ts';

/** A paragraph, or something that stands in a line by itself. */
export type Part = string | { readonly link: string } | { readonly code: string } | { readonly name: string };

export interface Letter {
  readonly userId: string;
  readonly to: string;
  readonly subject: string;
  readonly parts: readonly Part[];
}

/** The same mail twice: for those who read plain text, and for those whose mail program shows links as links. */
export function mailOf({ parts, ...envelope }: Letter): Mail {
  return {
    ...envelope,
    text: parts.map(asText).join('\n\n').concat('\n'),
    html: page(envelope.subject, parts),
  };
}

function asText(part: Part): string {
  if (typeof part === 'string') return part;
  if ('link' in part) return part.link;
  return 'code' in part ? part.code : part.name;
}

function page(title: string, parts: readonly Part[]): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body>
${parts.map((part) => `<p>${asHtml(part)}</p>`).join('\n')}
</body>
</html>
`;
}

function asHtml(part: Part): string {
  const text = escapeHtml(asText(part));
  if (typeof part === 'string') return text;
  return 'link' in part ? `<a href="${text}">${text}</a>` : `<strong>${text}</strong>`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

export type Kind =
  | 'lost'
  | 'doubled'
  | 'gap'
  | 'log'
  | 'unread'
  | 'presence'
  | 'stuck'
  | 'fallen'
  | 'complaint';

/** Something that must not be. Says where to look, and never what anybody wrote. */
export interface Finding {
  readonly kind: Kind;
  readonly text: string;
}

/** Of many of a kind a few are enough to look into. */
const MOST_NAMED = 5;

export function listOf(items: readonly (string | number)[]): string {
  const more = items.length - MOST_NAMED;
  return items.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

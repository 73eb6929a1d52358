import type { ComponentChildren } from 'preact';

interface ProblemProps {
  /** Undefined while nothing is wrong. */
  readonly text: string | undefined;
  /** What may help. */
  readonly children?: ComponentChildren;
}

/** What went wrong, read out at once. */
export function Problem({ text, children }: ProblemProps) {
  if (text === undefined) return null;
  return (
    <p class="form-error" role="alert">
      {text}
      {children}
    </p>
  );
}

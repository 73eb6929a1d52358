import type { ComponentChildren } from 'preact';

interface EntranceProps {
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly below?: ComponentChildren;
}

/** The frame of all pages for those who are not signed in. */
export function Entrance({ title, lead, children, below }: EntranceProps) {
  return (
    <main class="entrance">
      <div class="entrance-card">
        <p class="brand">
          <Logo />
          Parlour
        </p>
        <h1>{title}</h1>
        {lead && <p class="muted">{lead}</p>}
        {children}
      </div>
      {below && <p class="entrance-below">{below}</p>}
    </main>
  );
}

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 64 64" aria-hidden="true">
      <rect width="64" height="64" rx="18" />
      <path d="M16 27c0-7 7-12 16-12s16 5 16 12-7 12-16 12c-2 0-4-.2-5.700-.7L18 42l2-6.500c-2.500-2.200-4-5.200-4-8.500z" />
    </svg>
  );
}

import type { ComponentChildren } from 'preact';
import { Link } from '../router.tsx';
import { Icon } from './icons.tsx';

interface SheetProps {
  readonly title: string;
  /** Where the arrow leads; without one there is none. */
  readonly back?: string;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

/** A page of one column. */
export function Sheet({ title, back, wide = false, children }: SheetProps) {
  return (
    <div class="sheet">
      <div class={`sheet-inner ${wide ? 'wide' : ''}`}>
        <header class="sheet-head">
          {back !== undefined && (
            <Link to={back} class="icon-button" aria-label="Back">
              <Icon name="back" />
            </Link>
          )}
          <h1>{title}</h1>
        </header>
        {children}
      </div>
    </div>
  );
}

interface TabsProps {
  readonly label: string;
  readonly path: string;
  readonly tabs: readonly { readonly to: string; readonly name: string }[];
}

export function Tabs({ label, path, tabs }: TabsProps) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ to, name }) => (
        <Link key={to} to={to} current={path === to}>
          {name}
        </Link>
      ))}
    </nav>
  );
}

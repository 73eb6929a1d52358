import type { AnchorHTMLAttributes } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** The path of PUBLIC_URL, which stands before ours: '' or '/chat'. */
export const BASE = document.documentElement.dataset.base ?? '';

const moved = new EventTarget();

export interface Place {
  /** Without `BASE`, beginning with a slash. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export function place(): Place {
  const { pathname, search } = window.location;
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  return { path: path === '' ? '/' : path, query: new URLSearchParams(search) };
}

export interface NavigateOptions {
  /** Without a way back to where one was. */
  readonly replace?: boolean;
}

export function navigate(to: string, { replace = false }: NavigateOptions = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', BASE + to);
  moved.dispatchEvent(new Event('move'));
}

export function usePlace(): Place {
  const [current, setCurrent] = useState(place);
  useEffect(() => {
    const look = (): void => setCurrent(place());
    moved.addEventListener('move', look);
    window.addEventListener('popstate', look);
    look();
    return () => {
      moved.removeEventListener('move', look);
      window.removeEventListener('popstate', look);
    };
  }, []);
  return current;
}

/** The parts of a path that fits a pattern like `/c/:id`, or undefined. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, parts] = [pattern.split('/'), path.replace(/(.)\/$/, '$1').split('/')];
  if (wanted.length !== parts.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    if (name.startsWith(':')) found[name.slice(1)] = decodeURIComponent(parts[index]!);
    else if (name !== parts[index]) return undefined;
  }
  return found;
}

interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'role'> {
  readonly to: string;
  /** Whether this is where one is. */
  readonly current?: boolean;
}

/** A real link, so that it can be opened in a tab of its own; a plain click stays in this page. */
export function Link({ to, current, onClick, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={BASE + to}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        onClick?.call(undefined as never, event);
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        navigate(to);
      }}
    />
  );
}

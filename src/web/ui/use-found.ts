import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import type { Page } from '../client/index.ts';

/** Nobody means to search with each letter. */
const PAUSE_MS = 250;

/** What the server finds by these words; undefined while there are none, or none has come. */
export function useFound<Item>(
  words: string,
  pathOf: (words: string) => string,
): readonly Item[] | undefined {
  const { api } = useApp();
  const [found, setFound] = useState<readonly Item[]>();
  const path = words.trim() === '' ? undefined : pathOf(encodeURIComponent(words.trim()));
  useEffect(() => {
    if (path === undefined) return setFound(undefined);
    const asking = new AbortController();
    const timer = setTimeout(() => {
      api
        .request<Page<Item>>('GET', path, { signal: asking.signal })
        .then(({ items }) => setFound(items))
        .catch(() => {});
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [api, path]);
  return found;
}

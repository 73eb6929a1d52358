import { useEffect } from 'preact/hooks';
import { useSnapshot } from '../app-context.ts';
import { unreadOf } from './counts.ts';

/** How many conversations wait stands in the tab. */
export function useTitle(): void {
  const unread = useSnapshot(unreadOf);
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Parlour` : 'Parlour';
    return () => {
      document.title = 'Parlour';
    };
  }, [unread]);
}

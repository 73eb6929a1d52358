import { useCallback, useRef, useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import { asFailure } from '../client/index.ts';
import { explain } from './explain.ts';

/** For a button by itself: what goes wrong is said in passing. */
export function useTold(): {
  busy: boolean;
  run(work: () => Promise<unknown>, done?: string): Promise<void>;
} {
  const { say } = useApp();
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const run = useCallback(
    async (work: () => Promise<unknown>, done?: string) => {
      if (running.current) return;
      running.current = true;
      setBusy(true);
      try {
        await work();
        if (done !== undefined) say(done);
      } catch (error) {
        say(explain(asFailure(error)));
      } finally {
        running.current = false;
        setBusy(false);
      }
    },
    [say],
  );
  return { busy, run };
}

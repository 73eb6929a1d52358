import { useCallback, useRef, useState } from 'preact/hooks';
import { asFailure, type ChatFailure } from '../client/index.ts';
import { explain } from './explain.ts';

export interface Action {
  readonly busy: boolean;
  /** What went wrong, in words for people. */
  readonly problem: string | undefined;
  /** What is wrong with one field of the form. */
  problemOf(field: string): string | undefined;
  /** Does one thing at a time: a second click while it is busy does nothing. Settles with whether it worked. */
  run(work: () => Promise<void>): Promise<boolean>;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ChatFailure>();
  const running = useRef(false);
  const run = useCallback(async (work: () => Promise<void>) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
      return true;
    } catch (error) {
      setFailure(asFailure(error));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  return {
    busy,
    problem: failure && explain(failure),
    problemOf: (field) => failure?.details.find(({ path }) => path === field)?.message,
    run,
  };
}

/** The text fields of a form, by name. */
export function fieldsOf(event: Event): Record<string, string> {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asFailure } from '../client/index.ts';
import { explain } from './explain.ts';

export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly problem: string | undefined;
  reload(): Promise<void>;
}

/** Something that is read once, and again when it is asked for or when `about` is another. */
export function useLoaded<Value>(read: () => Promise<Value>, about = ''): Loaded<Value> {
  const [value, setValue] = useState<Value>();
  const [problem, setProblem] = useState<string>();
  const latest = useRef(read);
  latest.current = read;
  const asked = useRef(0);
  const reload = useCallback(async () => {
    asked.current += 1;
    const turn = asked.current;
    try {
      const answer = await latest.current();
      if (turn !== asked.current) return;
      setValue(() => answer);
      setProblem(undefined);
    } catch (error) {
      if (turn === asked.current) setProblem(explain(asFailure(error)));
    }
  }, []);
  useEffect(() => void reload(), [reload, about]);
  return { value, problem, reload };
}

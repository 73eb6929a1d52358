import { useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import { type Action, useAction } from '../ui/use-action.ts';
import type { SecondFactor } from './page-session.ts';

export interface Entering {
  readonly action: Action;
  /** Asked for after the first proof, whatever that was. */
  readonly factor: SecondFactor | undefined;
  /** Any way of signing in, by its path below `/api/v1`. Settles with whether the server took it. */
  enter(path: string, body: object): Promise<boolean>;
  startAgain(): void;
}

export function useEntering(): Entering {
  const { session } = useApp();
  const action = useAction();
  const [factor, setFactor] = useState<SecondFactor>();
  return {
    action,
    factor,
    enter: (path, body) => action.run(async () => setFactor(await session.signIn(path, body))),
    startAgain: () => setFactor(undefined),
  };
}

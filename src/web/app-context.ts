import { createContext } from 'preact';
import { useContext, useEffect, useReducer, useRef } from 'preact/hooks';
import type { Api, ChatClient, OwnUser, Snapshot, Store } from './client/index.ts';
import type { PageSession } from './session/page-session.ts';

export interface App {
  readonly api: Api;
  readonly session: PageSession;
  /** Says something in passing. */
  say(text: string): void;
}

export const AppContext = createContext<App | undefined>(undefined);
export const ChatContext = createContext<ChatClient | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('outside of the app');
  return app;
}

/** For whatever is shown to those who are signed in. */
export function useChat(): ChatClient {
  const client = useContext(ChatContext);
  if (client === undefined) throw new Error('nobody is signed in');
  return client;
}

/** A part of the snapshot; drawn again when that part is another object. */
export function useSnapshot<Part>(pick: (snapshot: Snapshot) => Part): Part {
  return useStore(useChat().store, pick);
}

export function useMe(): OwnUser | null {
  return useSnapshot((snapshot) => snapshot.me);
}

export function useStore<State, Part>(store: Store<State>, pick: (state: State) => Part): Part {
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const latest = useRef(pick);
  latest.current = pick;
  const part = pick(store.snapshot);
  const shown = useRef(part);
  shown.current = part;
  useEffect(() => {
    const look = (): void => {
      if (!Object.is(latest.current(store.snapshot), shown.current)) drawAgain(0);
    };
    // What changed between drawing and this moment.
    look();
    return store.subscribe(look);
  }, [store]);
  return part;
}

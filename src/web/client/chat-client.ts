import { Client } from '@colyseus/sdk';
import { openDrawer } from './drawer.ts';
import { ChatFailure } from './failure.ts';
import { FriendList } from './friend-list.ts';
import { Line } from './line.ts';
import { Marks } from './marks.ts';
import { watchNetwork } from './network.ts';
import { OpenRoom } from './open-room.ts';
import { Outbox } from './outbox.ts';
import { createStore } from './store.ts';
import { Sync } from './sync.ts';
import { openTab } from './tab.ts';
import { Threads } from './threads.ts';
import type { ChatClient, ChatClientOptions, Connectedness, Snapshot } from './types.ts';
import { Typist } from './typist.ts';
import { createVerbs } from './verbs.ts';

const NOTHING: Snapshot = {
  me: null,
  connection: 'offline',
  loaded: false,
  conversations: new Map(),
  friendships: new Map(),
  presence: new Map(),
  blocks: new Map(),
  people: new Map(),
  threads: new Map(),
  open: null,
  room: null,
  typing: new Map(),
  outbox: new Map(),
};

/** Everything that a chat page does. One for a person; after `stop` make another. */
export function createChatClient({ api, databases, onEnded }: ChatClientOptions): ChatClient {
  const store = createStore(NOTHING);
  const sdk = new Client(api.url);
  const line: Line = new Line({
    api,
    sdk,
    room: 'inbox',
    hear: (type, payload) => sync.hear(type, payload),
    onDown: () => {
      sync.drop();
      show('connecting');
    },
    onAway: () => show('offline'),
    onEnded: () => {
      show('ended');
      onEnded?.();
    },
  });
  const threads = new Threads({ api, store });
  const friends = new FriendList({ api, store });
  const marks = new Marks({ store, line });
  const room = new OpenRoom({ api, sdk, store });
  const typist = new Typist((conversationId, on) => room.tellTyping(conversationId, on));
  const sync = new Sync({
    api,
    store,
    line,
    friends,
    threads,
    onApplied: (event) => {
      if (event.type !== 'message' && event.type !== 'changed') return;
      outbox?.confirm(event.message);
      if (event.message.senderId !== store.snapshot.me?.id) marks.arrived(event.conversationId);
    },
    onArrived: () => {
      show('online');
      outbox?.resume();
    },
    onSettled: () => {
      marks.all();
      outbox?.tidy();
      showOpen().catch(() => {});
    },
  });
  let outbox: Outbox | undefined;
  let close = (): void => {};
  let stopped = false;

  function show(connection: Connectedness): void {
    store.update((snapshot) => {
      const isSame = snapshot.connection === connection || snapshot.connection === 'ended';
      return isSame ? snapshot : { ...snapshot, connection };
    });
  }

  function sending(): Outbox {
    if (!outbox) throw new ChatFailure({ code: 'offline', message: 'not started' });
    return outbox;
  }

  /** Once the conversation is known, and again with every line until it has been read. */
  async function showOpen(): Promise<void> {
    const { open, conversations } = store.snapshot;
    if (open === null || !conversations.has(open)) return;
    room.show(open);
    await threads.load(open);
  }

  return {
    api,
    store,
    ...createVerbs({ api, store, sync, friends }),

    async start(me) {
      const drawer = await openDrawer(databases ?? globalThis.indexedDB);
      if (stopped) return drawer.close();
      const tab = openTab();
      const forget = watchNetwork({
        wake: () => {
          line.wake();
          room.wake();
          void outbox?.adopt();
        },
        sleep: () => {
          line.giveUp();
          room.giveUp();
        },
      });
      close = () => {
        forget();
        tab.close();
        drawer.close();
      };
      store.update((snapshot) => ({ ...snapshot, me, connection: 'connecting' }));
      outbox = new Outbox({ api, store, line, drawer, tab, userId: me.id });
      line.start();
      await outbox.adopt();
      // Without a network it is read over the first line.
      await sync.read().then(showOpen, () => {});
    },

    async stop({ forget = false } = {}) {
      stopped = true;
      typist.stop();
      marks.stop();
      await outbox?.close({ forget });
      outbox = undefined;
      await Promise.all([room.leave(), line.stop()]);
      close();
      store.update(() => NOTHING);
    },

    reconnectNow: () => line.wake(),
    setMe: (me) => store.update((snapshot) => ({ ...snapshot, me })),

    async open(conversationId) {
      typist.stop();
      store.update((snapshot) => ({ ...snapshot, open: conversationId }));
      if (conversationId === null) room.show(null);
      else await showOpen();
    },
    loadOlder: (conversationId) => threads.loadOlder(conversationId),
    loadNewer: (conversationId) => threads.loadNewer(conversationId),
    loadNewest: (conversationId) => threads.loadNewest(conversationId),

    send: async (conversationId, draft) => {
      typist.sent();
      return sending().add(conversationId, draft);
    },
    retry: (clientId) => outbox?.retry(clientId),
    discard: async (clientId) => outbox?.discard(clientId),
    markRead: (conversationId, seq) => marks.read(conversationId, seq),
    typing: (conversationId, on) => typist.typing(conversationId, on),
  };
}

/** A message as it is kept until it is stored by the server. */
export interface KeptMessage {
  readonly clientId: string;
  readonly userId: string;
  readonly conversationId: string;
  readonly text: string;
  readonly replyTo: number | null;
  readonly files: readonly KeptFile[];
  readonly createdAt: string;
  /** Ascending in the order in which they were written, over all tabs and reloads. */
  readonly order: number;
  /** The tab that sends it. */
  readonly tab: string;
  readonly refused: { readonly code: string; readonly message: string } | null;
}

export interface KeptFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly blob: Blob;
  /** Once it is uploaded. */
  readonly id: string | null;
}

/** Where unsent messages outlive a page. */
export interface Drawer {
  /** In their order. */
  all(userId: string): Promise<KeptMessage[]>;
  put(message: KeptMessage): Promise<void>;
  delete(clientId: string): Promise<void>;
  close(): void;
}

const DATABASE = 'parlour';
const TABLE = 'outbox';

/** In the browser's own database; in memory where there is none, or where it may not be used (private windows). */
export async function openDrawer(databases: IDBFactory | undefined): Promise<Drawer> {
  if (!databases) return memoryDrawer();
  try {
    return drawerIn(await openDatabase(databases));
  } catch {
    return memoryDrawer();
  }
}

function memoryDrawer(): Drawer {
  const messages = new Map<string, KeptMessage>();
  return {
    all: async (userId) => inOrder([...messages.values()], userId),
    put: async (message) => void messages.set(message.clientId, message),
    delete: async (clientId) => void messages.delete(clientId),
    close() {},
  };
}

function drawerIn(database: IDBDatabase): Drawer {
  const table = (mode: IDBTransactionMode): IDBObjectStore =>
    database.transaction(TABLE, mode).objectStore(TABLE);
  return {
    all: async (userId) => inOrder(await settled<KeptMessage[]>(table('readonly').getAll()), userId),
    put: async (message) => void (await settled(table('readwrite').put(message))),
    delete: async (clientId) => void (await settled(table('readwrite').delete(clientId))),
    close: () => database.close(),
  };
}

function openDatabase(databases: IDBFactory): Promise<IDBDatabase> {
  const opening = databases.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE, { keyPath: 'clientId' });
  return settled(opening);
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function inOrder(messages: readonly KeptMessage[], userId: string): KeptMessage[] {
  return messages.filter((message) => message.userId === userId).toSorted((a, b) => a.order - b.order);
}

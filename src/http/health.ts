import { Hono } from 'hono';
import type { Chat } from '../chat/chat.ts';
import { query } from '../entities/database.ts';
import { sampleEventLoopLag, writeMetrics } from './metrics.ts';

const DATABASE_PATIENCE_MS = 2_000;

/** What the process knows about itself. */
export interface Readiness {
  /** False from the moment it is told to stop. */
  accepting: boolean;
  readonly database: string;
  readonly bus: string;
}

/** For supervisors, balancers and Prometheus. */
export function health(chat: Chat, readiness: Readiness): Hono {
  const lag = sampleEventLoopLag();
  const app = new Hono();
  app.get('/health', (c) => c.json({ status: 'ok' }));
  app.get('/ready', async (c) => {
    const database = await answers(chat);
    const ready = readiness.accepting && database;
    const state = (works: boolean) => (works ? 'ok' : 'failing');
    return c.json(
      {
        status: ready ? 'ready' : readiness.accepting ? 'not ready' : 'stopping',
        database: { kind: readiness.database, state: state(database) },
        bus: { kind: readiness.bus, state: 'ok' },
      },
      ready ? 200 : 503,
    );
  });
  app.get('/metrics', (c) =>
    c.body(writeMetrics(lag(), chat.messages.stored), 200, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
  return app;
}

async function answers(chat: Chat): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, DATABASE_PATIENCE_MS, false);
  });
  const asked = query(chat.database.em.fork(), 'select 1', []).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([asked, patience]);
  } finally {
    clearTimeout(timer);
  }
}

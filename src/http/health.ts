import { Hono } from 'hono';
import type { Chat } from '../chat/chat.ts';
import { query } from '../entities/database.ts';
import { guardMetrics } from './guard-metrics.ts';
import { sampleEventLoopLag, writeMetrics } from './metrics.ts';

const DATABASE_PATIENCE_MS = 2_000;

/** What the process knows about itself. */
export interface Readiness {
  /** False from the moment it is told to stop. */
  accepting: boolean;
  readonly database: string;
  readonly bus: BusHealth;
}

export interface BusHealth {
  readonly kind: string;
  /** False while other nodes cannot be heard. This one still serves its own people and the database. */
  works(): boolean;
  /** Undefined when nothing can get lost. */
  counters(): BusCounters | undefined;
}

export interface BusCounters {
  readonly published: number;
  readonly received: number;
  readonly droppedOut: number;
  readonly droppedIn: number;
}

/** For supervisors, balancers and Prometheus. */
export function health(chat: Chat, readiness: Readiness, metricsToken: string | undefined): Hono {
  const lag = sampleEventLoopLag();
  const app = new Hono();
  app.get('/health', (c) => c.json({ status: 'ok' }));
  app.get('/ready', async (c) => {
    const database = await answers(chat);
    const ready = readiness.accepting && database;
    const { bus } = readiness;
    const state = (works: boolean) => (works ? 'ok' : 'failing');
    const able = bus.works() ? 'ready' : 'degraded';
    return c.json(
      {
        status: ready ? able : readiness.accepting ? 'not ready' : 'stopping',
        database: { kind: readiness.database, state: state(database) },
        bus: { kind: bus.kind, state: state(bus.works()) },
      },
      // Degraded counts as able: if NATS is away, it is away for every node.
      ready ? 200 : 503,
    );
  });
  app.get('/metrics', guardMetrics(chat, metricsToken), (c) =>
    c.body(
      writeMetrics({
        eventLoopLagSeconds: lag(),
        storedMessages: chat.messages.stored,
        bus: readiness.bus.counters(),
      }),
      200,
      { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' },
    ),
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

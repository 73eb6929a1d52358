import { matchMaker } from '@colyseus/core';
import type { BusCounters } from './health.ts';

const SAMPLE_MS = 1_000;

/** Answers how late timers were at the worst since it was asked last, at most one sample ago. */
export function sampleEventLoopLag(): () => number {
  let worst = 0;
  let expected = performance.now() + SAMPLE_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - expected);
    expected = now + SAMPLE_MS;
  }, SAMPLE_MS);
  timer.unref();
  return () => {
    const seconds = worst / 1_000;
    worst = 0;
    return seconds;
  };
}

export interface Measured {
  readonly eventLoopLagSeconds: number;
  readonly storedMessages: number;
  readonly bus: BusCounters | undefined;
}

/** In the text format that Prometheus reads; the usual names where there are usual names. */
export function writeMetrics({ eventLoopLagSeconds, storedMessages, bus }: Measured): string {
  const memory = process.memoryUsage();
  const cpu = process.cpuUsage();
  const { ccu, roomCount } = matchMaker.stats.local;
  return [
    metric('process_resident_memory_bytes', 'gauge', 'Memory of the process.', memory.rss),
    metric('nodejs_heap_size_used_bytes', 'gauge', 'JavaScript heap in use.', memory.heapUsed),
    metric('nodejs_external_memory_bytes', 'gauge', 'Buffers and the like.', memory.external),
    metric('process_cpu_seconds_total', 'counter', 'Processor time used.', (cpu.user + cpu.system) / 1e6),
    metric(
      'nodejs_eventloop_lag_seconds',
      'gauge',
      'Worst delay since the last scrape.',
      eventLoopLagSeconds,
    ),
    metric('process_uptime_seconds', 'gauge', 'Time since the start.', process.uptime()),
    metric('parlour_connections', 'gauge', 'Clients in rooms of this node.', ccu),
    metric('parlour_messages_total', 'counter', 'Messages that this node has stored.', storedMessages),
    metric('parlour_rooms', 'gauge', 'Open rooms of this node.', roomCount),
    ...(bus === undefined ? [] : busMetrics(bus)),
  ].join('');
}

function busMetrics({ published, received, droppedOut, droppedIn }: BusCounters): string[] {
  const counter = (name: string, help: string, value: number) =>
    metric(`parlour_bus_${name}_total`, 'counter', help, value);
  return [
    counter('published', 'Hints handed to NATS.', published),
    counter('received', 'Hints of other nodes.', received),
    counter('dropped_out', 'Hints that other nodes did not get, NATS being away or slow.', droppedOut),
    counter('dropped_in', 'Frames that no node of ours would send.', droppedIn),
  ];
}

function metric(name: string, type: 'gauge' | 'counter', help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`;
}

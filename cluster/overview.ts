import type { Cluster } from './cluster.ts';

/** What runs where, and what one may do to it. */
export function overview({ url, nodes, nats, postgres }: Cluster, dataDir: string | undefined): string {
  const rows = [
    ['balancer', url, process.pid],
    ...nodes.map((node) => [node.name, node.url, node.pid]),
    ['nats', nats.url, nats.pid],
    ['postgres', postgres.url, postgres.pid],
  ].map((row) => row.map(String));
  const first = nodes[0]!.pid;
  const advice = [
    [`curl ${url}/ready`, 'asks whichever node is next'],
    [`kill -9 ${first}`, 'a node crashes; its people come back on the others'],
    [`kill ${first}`, 'a node says goodbye and goes'],
    [`kill -STOP ${first}`, 'a node hangs; kill -CONT wakes it'],
    [`kill -9 ${nats.pid}`, 'the bus is gone; what it would have told is noticed later'],
    [`kill -USR2 ${process.pid}`, 'starts again what has ended; nothing does that by itself'],
  ];
  return `
${nodes.length === 1 ? 'One node' : `${nodes.length} nodes that are one server`}: ${url}

${table([['', 'where', 'process'], ...rows])}

${table(advice)}

The data is ${dataDir === undefined ? 'temporary' : `kept in ${dataDir}`}. Ctrl-C stops everything.

`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd())
    .join('\n');
}

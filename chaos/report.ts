import type { Kind } from './audit/finding.ts';
import type { Row } from './run.ts';

const OTHERS: readonly Kind[] = ['log', 'unread', 'presence', 'stuck', 'fallen', 'complaint'];

/** One line for each fault; then, for whatever was found, where to look. */
export function reportOf(rows: readonly Row[]): string {
  const head = ['fault', 'acknowledged', 'lost', 'doubled', 'gaps', ...OTHERS, 'seconds', 'what'];
  const body = rows.map((row) => {
    const count = (kind: Kind): string =>
      String(row.findings.filter((finding) => finding.kind === kind).length);
    return [
      row.fault,
      String(row.acknowledged),
      ...(['lost', 'doubled', 'gap'] as const).map(count),
      ...OTHERS.map(count),
      row.seconds === undefined ? 'never' : row.seconds.toFixed(1),
      row.what,
    ];
  });
  const table = [head, ...body];
  const widths = head.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const found = rows.flatMap((row) => row.findings.map(({ kind, text }) => `${row.fault}: ${kind}: ${text}`));
  return [...lines, ...(found.length > 0 ? ['', ...found] : []), ''].join('\n');
}

/** Nothing was wrong, and something was right. */
export function isGood(rows: readonly Row[]): boolean {
  return rows.every(
    ({ findings, seconds, acknowledged }) =>
      findings.length === 0 && seconds !== undefined && acknowledged > 0,
  );
}

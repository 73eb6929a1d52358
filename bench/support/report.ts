import type { Faults } from './ledger.ts';
import type { Outcome } from './scenario.ts';
import { median } from './stats.ts';

export interface Report {
  scenario: string;
  title: string;
  setting: Record<string, unknown>;
  options: Record<string, number>;
  /** Every round's numbers by subject, in the order in which they ran. */
  rounds: Record<string, Outcome[]>;
}

/** These say whether a round is to be believed; a ratio of them says nothing. */
const withoutRatio = new Set(['client CPU %', 'errors', 'dropped connections', 'shown again']);

export function failed(report: Report): boolean {
  return Object.values(report.rounds)
    .flat()
    .some(({ faults }) => Object.values(faults).some((count) => count > 0));
}

export function asJson(report: Report): string {
  const medians = mapValues(report.rounds, medianMetrics);
  const faults = mapValues(report.rounds, (rounds) => rounds.map((round) => round.faults));
  const rounds = mapValues(report.rounds, (all) => all.map(({ metrics }) => mapValues(metrics, rounded)));
  const { scenario, setting, options } = report;
  return JSON.stringify({
    ...{ scenario, ...setting, options, ok: !failed(report) },
    medians: mapValues(medians, (metrics) => mapValues(metrics, rounded)),
    ratio: medians.reference && mapValues(ratios(medians.parlour ?? {}, medians.reference), rounded),
    faults,
    rounds,
  });
}

export function asTable(report: Report): string {
  const medians = mapValues(report.rounds, medianMetrics);
  const subjects = Object.keys(report.rounds);
  const comparing = medians.parlour !== undefined && medians.reference !== undefined;
  const ratio = comparing ? ratios(medians.parlour!, medians.reference!) : {};
  const rows: string[][] = [['', ...subjects, ...(comparing ? ['ratio'] : [])]];
  for (const metric of Object.keys(medians[subjects[0]!]!)) {
    const values = subjects.map((subject) => readable(medians[subject]![metric]));
    rows.push([metric, ...values, ...(comparing ? [readable(ratio[metric], '')] : [])]);
  }
  for (const fault of Object.keys(report.rounds[subjects[0]!]![0]!.faults) as (keyof Faults)[]) {
    const sum = (subject: string): number =>
      report.rounds[subject]!.reduce((all, { faults }) => all + faults[fault], 0);
    rows.push([fault, ...subjects.map((subject) => String(sum(subject))), ...(comparing ? [''] : [])]);
  }
  const count = report.rounds[subjects[0]!]!.length;
  const heading = `${report.scenario}: ${report.title}; ${count === 1 ? '1 round' : `medians of ${count} rounds`}`;
  const remarks = subjects.flatMap((subject) =>
    report.rounds[subject]!.flatMap(({ remarks = [] }) =>
      remarks.slice(0, 5).map((text) => `  ${subject}: ${text}`),
    ),
  );
  return [heading, ...aligned(rows), ...remarks, ''].join('\n');
}

function medianMetrics(rounds: readonly Outcome[]): Record<string, number> {
  return mapValues(rounds[0]!.metrics, (_, metric) =>
    median(rounds.map(({ metrics }) => metrics[metric] ?? Number.NaN)),
  );
}

function ratios(one: Record<string, number>, other: Record<string, number>): Record<string, number> {
  const names = Object.keys(one).filter(
    (name) => !withoutRatio.has(name) && Number.isFinite(one[name]! / other[name]!),
  );
  return Object.fromEntries(names.map((name) => [name, one[name]! / other[name]!]));
}

function aligned(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]! + 3)))
      .join(''),
  );
}

function readable(value: number | undefined, missing = '–'): string {
  if (value === undefined || !Number.isFinite(value)) return missing;
  if (value === 0) return '0';
  const digits = [100, 10, 1].findIndex((limit) => Math.abs(value) >= limit);
  return value.toLocaleString('en-GB', {
    minimumFractionDigits: digits < 0 ? 3 : digits,
    maximumFractionDigits: digits < 0 ? 3 : digits,
  });
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

function mapValues<In, Out>(
  record: Record<string, In>,
  change: (value: In, key: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

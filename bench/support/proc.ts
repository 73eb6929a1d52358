import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what /proc counts processor time in. 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

interface ProcessTimes {
  parent: number;
  own: number;
  endedChildren: number;
}

/** Processor time of one process, all its threads, so far. */
export function cpuSeconds(pid: number): number {
  return timesOf(pid)?.own ?? Number.NaN;
}

/** The same for a process and its children, the ended ones too: PostgreSQL has a process per connection. */
export function cpuSecondsOfFamily(pid: number): number {
  const root = timesOf(pid);
  if (!root) return Number.NaN;
  let sum = root.own + root.endedChildren;
  for (const entry of readdirSync('/proc')) {
    const child = /^\d+$/.test(entry) ? timesOf(Number(entry)) : undefined;
    if (child?.parent === pid) sum += child.own;
  }
  return sum;
}

export function residentBytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return line ? Number(line[1]) * 1024 : Number.NaN;
}

function timesOf(pid: number): ProcessTimes | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may contain spaces and brackets itself.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent, utime, stime, cutime, cstime] = [1, 11, 12, 13, 14].map((index) => fields[index] ?? 0);
  return {
    parent: parent!,
    own: (utime! + stime!) / ticksPerSecond,
    endedChildren: (cutime! + cstime!) / ticksPerSecond,
  };
}

/** Bad arguments end the run with one line, before anything is started. */
export function numbersFrom<Option extends string>(
  values: Record<string, unknown>,
  defaults: Record<Option, number>,
): Record<Option, number> {
  const names = Object.keys(defaults) as Option[];
  const pairs = names.map((option) => {
    const value = Number(values[flagName(option)] ?? defaults[option]);
    if (!Number.isFinite(value) || value <= 0) fail(`--${flagName(option)} must be a number above 0`);
    return [option, value] as const;
  });
  return Object.fromEntries(pairs) as Record<Option, number>;
}

export function choice<Value extends string>(value: unknown, allowed: readonly Value[]): Value {
  const found = allowed.find((one) => one === value);
  return found ?? fail(`${String(value)} must be one of ${allowed.join(', ')}`);
}

/** `NAME=value` as often as wanted. */
export function pairsFrom(assignments: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    assignments.map((text) => [text.split('=', 1)[0]!, text.slice(text.indexOf('=') + 1)]),
  );
}

/** maxPayload → max-payload */
export function flagName(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

import type { IRoomCache } from '@colyseus/core';

/** What JSON lacks and a listing has: `maxClients: Infinity`, `createdAt: Date`, `metadata: undefined`. */
interface Tagged {
  readonly '~number'?: string;
  readonly '~date'?: string | null;
  readonly '~undefined'?: true;
}

export function encode(value: unknown): string {
  return JSON.stringify({ value }, replaceSpecial).slice('{"value":'.length, -1);
}

export function decode<Value>(json: string): Value {
  return JSON.parse(json, reviveSpecial) as Value;
}

function replaceSpecial(this: Record<string, unknown>, key: string, value: unknown): unknown {
  // `value` of a date is already its text.
  const raw = this[key];
  if (raw instanceof Date) return { '~date': raw.toJSON() } satisfies Tagged;
  if (raw === undefined) return { '~undefined': true } satisfies Tagged;
  if (typeof raw === 'number' && !Number.isFinite(raw)) return { '~number': String(raw) } satisfies Tagged;
  return value;
}

function reviveSpecial(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const tagged = value as Tagged;
  if (typeof tagged['~date'] === 'string') return new Date(tagged['~date']);
  if (typeof tagged['~number'] === 'string') return Number(tagged['~number']);
  return tagged['~undefined'] === true ? undefined : value;
}

/** What Colyseus' `update` asks for. */
export interface ListingChange {
  readonly $set?: Partial<IRoomCache>;
  readonly $inc?: Partial<IRoomCache>;
}

/** The listing in the room's hands changes at once, as it does with Colyseus' own drivers. */
export function applyChange(listing: IRoomCache, { $set, $inc }: ListingChange): void {
  const fields = listing as unknown as Record<string, unknown>;
  Object.assign(fields, $set);
  for (const [field, amount] of Object.entries($inc ?? {})) {
    fields[field] = (fields[field] as number) + (amount as number);
  }
}

/** One change that has the effect of both; the first may already contain others. */
export function mergeChanges(first: ListingChange, second: ListingChange): ListingChange {
  const inc = { ...first.$inc } as Record<string, number>;
  // Setting a field forgets what was added to it before.
  for (const field of Object.keys(second.$set ?? {})) delete inc[field];
  for (const [field, amount] of Object.entries(second.$inc ?? {})) {
    inc[field] = (inc[field] ?? 0) + (amount as number);
  }
  return { $set: { ...first.$set, ...second.$set }, $inc: inc };
}

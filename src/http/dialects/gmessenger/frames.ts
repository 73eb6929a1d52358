import { parseObject } from '../fields.ts';

export interface ClientFrame {
  readonly type: string;
  readonly payload: unknown;
  /** Their oldest page packs it into a string, and reads it only so. */
  readonly packed: boolean;
}

/** Undefined for what is no frame at all. */
export function readFrame(text: string): ClientFrame | undefined {
  const frame = readObject(text);
  if (typeof frame?.type !== 'string') return undefined;
  return { type: frame.type, payload: frame.payload, packed: typeof frame.payload === 'string' };
}

/** Undefined for what is neither an object nor one packed into a string. */
export function readPayload({ payload }: ClientFrame): Readonly<Record<string, unknown>> | undefined {
  if (typeof payload === 'string') return readObject(payload);
  const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  return isObject ? (payload as Record<string, unknown>) : undefined;
}

export function frameOf(type: string, payload: object, packed: boolean): string {
  return JSON.stringify({ type, payload: packed ? JSON.stringify(payload) : payload });
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return text.trim() === '' ? undefined : parseObject(text);
  } catch {
    return undefined;
  }
}

import { idInput } from '../../../chat/inputs/ids.ts';
import { messageNumber } from './ids.ts';

/** Where a list of messages begins and in which direction it goes. */
export interface HistoryQuery {
  readonly newestFirst: boolean;
  readonly date?: Date;
  /** A message by our number. */
  readonly message?: number;
}

const TRUE = /^(?:|true|1|yes|on)$/i;
const FALSE = /^(?:false|0|no|off)$/i;

/** `2024-12-20`, or with a time, whose offset may have lost its plus on the way through a query. */
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+\- ]\d\d:?\d\d)?)?$/i;

/** Undefined for what contradicts itself or cannot be understood. */
export function historyQuery(query: (name: string) => string | undefined): HistoryQuery | undefined {
  const [after, before] = [flag(query('after')), flag(query('before'))];
  if (after === undefined || before === undefined || (after && before)) return undefined;
  const start = query('start_date');
  const named = query('message_id') ?? query('start_message_id');
  if (start !== undefined && named !== undefined) return undefined;
  if (start !== undefined) {
    const date = moment(start);
    return date && { newestFirst: before, date };
  }
  if (named === undefined) return { newestFirst: before };
  const uuid = idInput.safeParse(named);
  // A UUID of nothing that was ever said is one of a message that is not there.
  return uuid.success ? { newestFirst: before, message: messageNumber(uuid.data) ?? 0 } : undefined;
}

function flag(text: string | undefined): boolean | undefined {
  if (text === undefined || FALSE.test(text)) return false;
  return TRUE.test(text) ? true : undefined;
}

/** Without a zone it is UTC, as all times here. */
function moment(text: string): Date | undefined {
  const [, day, time = '00:00', zone = 'Z'] = MOMENT.exec(text.trim()) ?? [];
  if (day === undefined) return undefined;
  const date = new Date(`${day}T${time}${zone.replace(' ', '+')}`);
  // The thirty-first of a short month would quietly become another day.
  const real = !Number.isNaN(date.getTime()) && new Date(`${day}T00:00Z`).toISOString().startsWith(day);
  return real ? date : undefined;
}

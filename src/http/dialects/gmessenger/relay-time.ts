import { ChatError } from '../../../chat/errors.ts';

const FORM = /^(\d\d):(\d\d):(\d{4}) (\d\d):(\d\d)$/;
const MARK = 'relay ';

/** `23:12:2023 21:30`, in UTC, or as everybody else writes a time. To the minute. */
export function readRelayTime(text: string): string {
  const [, day, month, year, hour, minute] = FORM.exec(text) ?? [];
  const iso = day === undefined ? text : `${year}-${month}-${day}T${hour}:${minute}:00Z`;
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(iso);
  const time = new Date(iso);
  const written = isTime && !Number.isNaN(time.getTime()) ? relayTime(time) : undefined;
  // JavaScript takes the 31st of a short month for the first of the next.
  if (written === undefined || (day !== undefined && written !== text))
    throw new ChatError('bad_request', 'time: must be DD:MM:YYYY HH:MM in UTC, or RFC 3339');
  return written;
}

export function relayTime(time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  return `${date.split('-').reverse().join(':')} ${clock.slice(0, 5)}`;
}

/**
 * What its sender says of a message, kept where every client may leave a note of its own. The history goes by the
 * server's clock; only the relay hands this time on.
 */
export function toClientId(time: string, nonce: string): string {
  return `${MARK}${time} ${nonce}`;
}

export function timeInClientId(clientId: string | null): string | undefined {
  if (!clientId?.startsWith(MARK)) return undefined;
  const time = clientId.slice(MARK.length, MARK.length + '23:12:2023 21:30'.length);
  return FORM.test(time) ? time : undefined;
}

/** The server, as its protocol describes it: a cookie that no script reads, JSON, and refusals in words. */

const api = new URL('../api/', import.meta.url);
/** A poll waits for less than that; whatever takes longer will not come any more. */
const LONGEST_ANSWER_MS = 60_000;

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Undefined where the answer is empty. */
export async function ask(method, path, { body, signal } = {}) {
  const timeout = AbortSignal.timeout(LONGEST_ANSWER_MS);
  const request = {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  };
  const [response, text] = await fetch(new URL(path, api), request)
    .then(async (response) => [response, await response.text()])
    .catch((cause) => {
      throw new Error('There was no answer, so it may have been done or not.', { cause });
    });
  const answer = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined;
  if (!response.ok) throw new Refused(response.status, answer?.error ?? `status ${response.status}`);
  return answer;
}

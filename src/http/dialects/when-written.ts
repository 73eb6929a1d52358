import type { ServerResponse } from 'node:http';

/** Aborted when the client hangs up before it has its answer. */
export function hangUp(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (outgoing.closed) controller.abort();
  else outgoing.once('close', () => outgoing.writableFinished || controller.abort());
  return controller.signal;
}

export interface Fate {
  /** The answer is with the network: nobody knows more than that without an acknowledgement. */
  readonly written: () => void;
  readonly lost: () => void;
}

/** Tells what becomes of the answer, once. */
export function whenWritten(outgoing: ServerResponse, { written, lost }: Fate): void {
  if (outgoing.closed) {
    lost();
    return;
  }
  const settle = (fate: () => void) => (): void => {
    outgoing.off('finish', onFinish).off('close', onClose);
    fate();
  };
  const onFinish = settle(written);
  const onClose = settle(lost);
  outgoing.once('finish', onFinish).once('close', onClose);
}

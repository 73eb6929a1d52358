import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { Log } from '../chat/log.ts';

/** Whoever takes nothing for so long has gone. */
const READ_PATIENCE_MS = 60_000;

/**
 * A body that is made while it is read, no faster. The first piece is made here, so that what is refused can still
 * be answered. What fails later cuts the connection: the length is not known before, and so a shortened body would
 * pass for a whole one.
 */
export async function streamBody(
  c: Context,
  log: Log,
  chunks: AsyncGenerator<Uint8Array>,
): Promise<ReadableStream<Uint8Array>> {
  let next = await chunks.next();
  let patience: NodeJS.Timeout | undefined;
  const give = (): void => {
    // The adapter would send the error's message as the rest of the body.
    (c.env?.outgoing as ServerResponse | undefined)?.destroy();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(patience);
        if (next.done) return controller.close();
        controller.enqueue(next.value);
        patience = setTimeout(give, READ_PATIENCE_MS);
        try {
          next = await chunks.next();
        } catch (error) {
          log.warn({ err: error, path: c.req.path }, 'an answer was broken off');
          give();
        }
      },
      async cancel() {
        clearTimeout(patience);
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

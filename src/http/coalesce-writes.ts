import type { Duplex } from 'node:stream';

/**
 * Sends everything that one turn of the event loop writes to a socket with one system call. A committed batch
 * brings a client dozens of frames at once; a `writev` for each of them would cost more than all the rest.
 * `ws` corks around every frame, which is where this joins in.
 */
export function coalesceWrites(socket: Duplex): void {
  const cork = socket.cork.bind(socket);
  let held = false;
  socket.cork = () => {
    if (!held) {
      held = true;
      cork();
      process.nextTick(() => {
        held = false;
        socket.uncork();
      });
    }
    cork();
  };
}

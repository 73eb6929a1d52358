/**
 * Preloaded into measured servers: collects garbage when asked to, so that memory is compared without it.
 * This signal, because Colyseus takes SIGUSR2 for an order to shut down and Node takes SIGUSR1 for its debugger.
 */
process.on('SIGWINCH', () => {
  globalThis.gc?.();
});

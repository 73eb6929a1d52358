export interface NetworkListener {
  /** The page is looked at again, or the network is back: what was put off is worth trying now. */
  wake(): void;
  /** The network is gone. */
  sleep(): void;
}

/** The SDK looks for a network that is gone, too, but of several rooms it closes every other one. */
export function watchNetwork({ wake, sleep }: NetworkListener): () => void {
  if (typeof document === 'undefined') return () => {};
  const look = (): void => {
    if (document.visibilityState === 'visible') wake();
  };
  addEventListener('online', wake);
  addEventListener('offline', sleep);
  document.addEventListener('visibilitychange', look);
  return () => {
    removeEventListener('online', wake);
    removeEventListener('offline', sleep);
    document.removeEventListener('visibilitychange', look);
  };
}

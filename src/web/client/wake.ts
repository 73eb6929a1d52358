/** When a page is looked at again, or the network is back: what was put off is worth trying now. */
export function onWake(listener: () => void): () => void {
  if (typeof document === 'undefined') return () => {};
  const look = (): void => {
    if (document.visibilityState === 'visible') listener();
  };
  addEventListener('online', listener);
  document.addEventListener('visibilitychange', look);
  return () => {
    removeEventListener('online', listener);
    document.removeEventListener('visibilitychange', look);
  };
}

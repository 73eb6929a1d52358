import { useEffect, useState } from 'preact/hooks';
import { useChat, useSnapshot } from '../app-context.ts';

/** A line that breaks and comes back at once is nobody's business. */
const PATIENCE_MS = 1_500;

export function OfflineBanner() {
  const client = useChat();
  const isAway = useSnapshot(({ connection }) => connection === 'offline' || connection === 'connecting');
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!isAway) return setShown(false);
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isAway]);
  return (
    <div class="banner" role="status">
      {shown && (
        <p class="offline">
          <span>You are offline. What you write is sent when the line is back.</span>
          <button type="button" class="link-button" onClick={() => client.reconnectNow()}>
            Try now
          </button>
        </p>
      )}
    </div>
  );
}

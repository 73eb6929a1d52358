import { useCallback, useState } from 'preact/hooks';

const SHOWN_MS = 4_000;

export interface Toast {
  readonly id: number;
  readonly text: string;
}

let count = 0;

export function useToasts(): { toasts: readonly Toast[]; say(text: string): void } {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const say = useCallback((text: string) => {
    count += 1;
    const toast = { id: count, text };
    setToasts((all) => [...all, toast]);
    setTimeout(() => setToasts((all) => all.filter(({ id }) => id !== toast.id)), SHOWN_MS);
  }, []);
  return { toasts, say };
}

/** The region is always there, or readers would not hear of what comes into it. */
export function Toasts({ toasts }: { readonly toasts: readonly Toast[] }) {
  return (
    <div class="toasts" role="status">
      {toasts.map(({ id, text }) => (
        <p class="toast" key={id}>
          {text}
        </p>
      ))}
    </div>
  );
}

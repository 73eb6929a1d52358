/** Lets so many through at once; the others wait in their order. */
export function createTurnstile(most: number): <Answer>(pass: () => Promise<Answer>) => Promise<Answer> {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return async (pass) => {
    if (inside < most) inside += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await pass();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else inside -= 1;
    }
  };
}

// When to try again, and for how long (docs/browser-protocol.md, "Sessions").

const DELAYS_MS = [0, 300, 1200, 2700, 4800, 7000];

/** The delay before an attempt, with jitter; attempts count from 0. */
export function delayBefore(attempt: number, random: () => number = Math.random): number {
  const base = DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)];
  return attempt === 0 ? 0 : base + random() * 1000;
}

/** Waits, or less long if `wake` is called meanwhile, as when the network is back. */
export function nap(ms: number): { done: Promise<void>; wake: () => void } {
  let wake = (): void => {};
  const done = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { done, wake };
}

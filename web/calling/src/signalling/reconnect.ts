// When to try again, and for how long (docs/browser-protocol.md, "Sessions").

const DELAYS_MS = [0, 300, 1200, 2700, 4800, 7000];
const LEAST_MS = 250;

/** The delay before an attempt, with jitter; attempts count from 0. */
export function delayBefore(attempt: number, random: () => number = Math.random): number {
  const base = DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)];
  return attempt === 0 ? 0 : base + random() * 1000;
}

/** A delay, shortened as the end of all attempts comes near: a server that is back in the last second is still found. */
export function inTime(delay: number, left: number): number {
  return Math.min(delay, Math.max(left / 3, LEAST_MS));
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

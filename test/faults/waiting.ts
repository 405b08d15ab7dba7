import { expect } from 'vitest';

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits for what others do. */
export async function until(condition: () => boolean, milliseconds = 10_000): Promise<void> {
  const since = Date.now();
  while (!condition()) {
    if (Date.now() - since > milliseconds) expect.fail('It did not come true.');
    await pause(2);
  }
}

/** How often a stopwatch looks whether the process runs, in milliseconds. */
const STEP = 10;

/**
 * Begins to measure, and returns what ends it: for how many milliseconds, without those in which the process did not run. Deadlines count ticks,
 * so that on a busy machine they come later by as much.
 */
export function stopwatch(): () => number {
  const since = performance.now();
  let last = since;
  let stalled = 0;
  const look = (): void => {
    const now = performance.now();
    stalled += Math.max(0, now - last - 2 * STEP);
    last = now;
  };
  const timer = setInterval(look, STEP);
  return () => {
    clearInterval(timer);
    look();
    return last - since - stalled;
  };
}

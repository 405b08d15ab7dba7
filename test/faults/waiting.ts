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

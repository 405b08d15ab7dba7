const LEAST = 100;
const MOST = 10_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: any time up to a bound that doubles with each, so that those that
 * failed together do not come back together.
 */
export function backoff(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(MOST, LEAST * 2 ** failures);
}

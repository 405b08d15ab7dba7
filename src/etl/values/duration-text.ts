import type { Duration } from '../../codec/values/duration.js';

const UNITS: readonly (readonly [unit: string, nanoseconds: bigint])[] = [
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['ns', 1n],
];

/** A duration in the units of CQL, `1y2mo3d4h5m6s7ms8us9ns`, what is 0 left out; `0s` for none at all. */
export function durationText({ months, days, nanoseconds }: Duration): string {
  const isNegative = months < 0 || days < 0 || nanoseconds < 0n;
  const part = (amount: number | bigint, unit: string): string => (Number(amount) === 0 ? '' : `${amount}${unit}`);
  let text =
    part(Math.trunc(Math.abs(months) / 12), 'y') + part(Math.abs(months) % 12, 'mo') + part(Math.abs(days), 'd');
  let rest = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  for (const [unit, size] of UNITS) {
    text += part(rest / size, unit);
    rest %= size;
  }
  return text === '' ? '0s' : `${isNegative ? '-' : ''}${text}`;
}

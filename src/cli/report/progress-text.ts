import { bytes, count, duration } from './amounts.js';
import type { Reading } from './reading.js';

/** How far it is, in one line. */
export function progressText(reading: Reading): string {
  const { rows, failed, rowsPerSecond, fraction, eta, p50, p99 } = reading;
  return [
    ...(fraction === undefined ? [] : [`${(fraction * 100).toFixed(1)} %`]),
    `${count(rows)} rows`,
    `${count(rowsPerSecond)} rows/s`,
    ...(reading.bytes === 0 ? [] : [bytes(reading.bytes)]),
    ...(failed === 0 ? [] : [`${count(failed)} failed`]),
    ...(p99 === 0 ? [] : [`p50 ${duration(p50)}, p99 ${duration(p99)}`]),
    ...(eta === undefined ? [] : [`${duration(eta)} left`]),
  ].join(', ');
}

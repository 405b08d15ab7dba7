import type { Measured } from './measured-process.js';

/** A round, as it is said while others are still to come. */
export function toldRound(work: string, name: string, rows: number, measured: Measured): string {
  const { seconds, userSeconds, systemSeconds, peakRss } = measured;
  const cpu = (userSeconds + systemSeconds).toFixed(1);
  const rate = Math.round(rows / seconds).toLocaleString('en-US');
  return `${work} ${name}: ${seconds.toFixed(1)} s, ${rate} rows/s, ${cpu} s of CPU, ${(peakRss / 1e6).toFixed(0)} MB`;
}

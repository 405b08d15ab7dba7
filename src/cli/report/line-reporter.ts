import type { Output } from '../host.js';
import { bytes, count, duration } from './amounts.js';
import type { Reading } from './reading.js';
import type { Reporter } from './reporter.js';
import { type Summary, summaryText } from './summary.js';

/** A line every ten seconds, for files and terminals that cannot do more. */
export class LineReporter implements Reporter {
  readonly every = 10_000;
  private readonly command: string;
  private readonly output: Output;

  constructor(command: string, output: Output) {
    this.command = command;
    this.output = output;
  }

  progress(reading: Reading): void {
    this.output.write(`${this.command}: ${progressText(reading)}\n`);
  }

  say(text: string): void {
    this.output.write(text);
  }

  end(summary: Summary): void {
    this.output.write(summaryText(summary));
  }
}

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

import type { Output } from '../host.js';
import { progressText } from './progress-text.js';
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

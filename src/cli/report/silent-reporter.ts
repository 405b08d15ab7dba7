import type { Output } from '../host.js';
import type { Reporter } from './reporter.js';
import { type Summary, summaryText } from './summary.js';

/** Says only how it has ended. */
export class SilentReporter implements Reporter {
  readonly every = undefined;
  private readonly output: Output;

  constructor(output: Output) {
    this.output = output;
  }

  progress(): void {
    // It is silent.
  }

  say(text: string): void {
    this.output.write(text);
  }

  end(summary: Summary): void {
    this.output.write(summaryText(summary));
  }
}

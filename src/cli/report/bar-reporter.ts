import progress from 'cli-progress';
import type { Output } from '../host.js';
import { progressText } from './progress-text.js';
import type { Reading } from './reading.js';
import type { Reporter } from './reporter.js';
import { type Summary, summaryText } from './summary.js';

/** What is left of the line belongs to the figures. */
const WIDTH = 24;

/** A bar that moves, on a terminal. */
export class BarReporter implements Reporter {
  readonly every = 250;
  private readonly output: Output;
  private bar: progress.SingleBar | undefined;

  constructor(output: Output) {
    this.output = output;
  }

  progress(reading: Reading): void {
    const { fraction = 0 } = reading;
    if (this.bar === undefined) {
      this.bar = this.newBar();
      this.bar.start(1, fraction, { reading });
    } else {
      this.bar.update(fraction, { reading });
    }
  }

  say(text: string): void {
    this.clear();
    this.output.write(text);
  }

  end(summary: Summary): void {
    this.clear();
    this.output.write(summaryText(summary));
  }

  /** What is said takes the line of the bar, which comes again below. */
  private clear(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private newBar(): progress.SingleBar {
    return new progress.SingleBar({
      stream: this.output,
      clearOnComplete: true,
      hideCursor: true,
      // What does not fit is cut off: a second line could not be cleared.
      linewrap: false,
      // It ends when the command has, and not when all was read.
      stopOnComplete: false,
      barsize: WIDTH,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      gracefulExit: false,
      format: (options, params, payload: { readonly reading: Reading }) => {
        const { reading } = payload;
        const bar = reading.fraction === undefined ? '' : `${progress.Format.BarFormat(params.progress, options)} `;
        return bar + progressText(reading);
      },
    });
  }
}

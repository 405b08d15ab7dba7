import type { Output } from '../host.js';
import type { ProgressKind } from '../options/reporting.js';
import { BarReporter } from './bar-reporter.js';
import { JsonReporter } from './json-reporter.js';
import { LineReporter } from './line-reporter.js';
import type { Reading } from './reading.js';
import { type Summary, summaryText } from './summary.js';

/** Tells on the standard error how far a command has come. */
export interface Reporter {
  /** How often it wants to know, in milliseconds; undefined if never. */
  readonly every: number | undefined;
  progress(reading: Reading): void;
  /** Something in between, in whole lines. */
  say(text: string): void;
  /** The last that it tells. */
  end(summary: Summary): void;
}

export function reporterOf(kind: ProgressKind, command: string, output: Output): Reporter {
  if (kind === 'bar') return new BarReporter(output);
  if (kind === 'json') return new JsonReporter(command, output);
  if (kind === 'line') return new LineReporter(command, output);
  return {
    every: undefined,
    progress: () => undefined,
    say: (text) => void output.write(text),
    end: (summary) => void output.write(summaryText(summary)),
  };
}

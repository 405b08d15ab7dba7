import type { Reading } from './reading.js';
import type { Summary } from './summary.js';

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

import type { Output } from '../host.js';
import type { ProgressKind } from '../options/reporting.js';
import { BarReporter } from './bar-reporter.js';
import { JsonReporter } from './json-reporter.js';
import { LineReporter } from './line-reporter.js';
import type { Reporter } from './reporter.js';
import { SilentReporter } from './silent-reporter.js';

/** What tells of a command in this manner. */
export function reporterOf(kind: ProgressKind, command: string, output: Output): Reporter {
  if (kind === 'bar') return new BarReporter(output);
  if (kind === 'json') return new JsonReporter(command, output);
  if (kind === 'line') return new LineReporter(command, output);
  return new SilentReporter(output);
}

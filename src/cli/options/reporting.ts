import type { CliOption } from './cli-option.js';
import type { Options } from './options.js';
import type { Output } from '../host.js';

const group = 'Reports:';

export const REPORT_OPTIONS: readonly CliOption[] = [
  { flags: '--progress <how>', description: 'bar, line (every 10 s), json (every second) or none; on the standard error', group },
  { flags: '--dry-run', description: 'say what would be done, and read nothing but the schema', group },
  { flags: '-f, --config <file>', description: 'options in a file of JSON', group, isPath: true },
  { flags: '--debug', description: 'errors with their stacks', group },
]; // prettier-ignore

export const PROGRESS = ['bar', 'line', 'json', 'none'] as const;

export type ProgressKind = (typeof PROGRESS)[number];

/** A bar where it can move, and does not move through the data. */
export function progressOf(options: Options, stderr: Output, isDataOnTerminal: boolean): ProgressKind {
  const said = options.oneOf('progress', PROGRESS);
  if (said !== undefined) return said;
  if (isDataOnTerminal) return 'none';
  return stderr.isTTY === true ? 'bar' : 'line';
}

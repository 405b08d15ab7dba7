import { ConfigurationError } from '../../errors.js';
import { adaptiveLimit } from '../../etl/adaptive-limit.js';
import type { Limiter } from '../../etl/limiter.js';
import type { CliOption } from './cli-option.js';
import type { Options } from './options.js';

const group = 'Writing:';

export const WRITE_OPTIONS: readonly CliOption[] = [
  { flags: '--rate <n>', description: 'how many records are written in a second at most', group },
  { flags: '--max-errors <n>', description: 'how many records may fail: 10, or 1%; -1 for any number (100)', group },
  { flags: '--dead-letter <file>', description: 'where records go that have failed, with the reason; a line of JSON each', group, isPath: true },
  { flags: '--checkpoint <file>', description: 'the journal of what is done, by which "rxcql resume" goes on', group, isPath: true },
  { flags: '--resume', description: 'go on if it was begun; otherwise begin', group },
]; // prettier-ignore

export const PRESERVE_OPTION: CliOption = {
  flags: '--preserve <what>',
  description: 'ttl, writetime: when cells were written, and how long they live',
  group: 'Table:',
};

const MAX_ERRORS = 100;

/** Undefined where any number may fail. @throws ConfigurationError */
export function maxErrorsOf(options: Options): number | `${number}%` | undefined {
  const text = options.text('max-errors');
  if (text === undefined) return MAX_ERRORS;
  if (text === '-1') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (/^\d{1,3}(\.\d+)?%$/.test(text)) return text as `${number}%`;
  throw new ConfigurationError('The option --max-errors is a number, a share such as 1%, or -1 for any number.');
}

/** How fast records are written: so many requests at a time, or as many as the cluster takes as fast as ever. */
export function paceOf(options: Options): { concurrency?: number | Limiter; rate?: number } {
  const isAdaptive = options.text('concurrency') === 'auto';
  const concurrency = isAdaptive ? adaptiveLimit() : options.whole('concurrency', 1, 0x7fffffff);
  const rate = options.whole('rate', 1);
  return { ...(concurrency !== undefined && { concurrency }), ...(rate !== undefined && { rate }) };
}

export function preserveOf(options: Options): ('ttl' | 'writetime')[] | undefined {
  const what = options.list('preserve');
  if (what === undefined || what.every((each) => each === 'ttl' || each === 'writetime')) return what;
  throw new ConfigurationError('The option --preserve is ttl, writetime, or both with a comma between.');
}

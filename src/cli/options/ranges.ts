import { availableParallelism } from 'node:os';
import { ConfigurationError } from '../../errors.js';
import type { TokenRangesOptions } from '../../etl/token-ranges.js';
import type { CliOption } from './cli-option.js';
import type { Options } from './options.js';

const group = 'Work:';

export const WORK_OPTIONS: readonly CliOption[] = [
  { flags: '--concurrency <n>', description: 'how many ranges are read (8; 4 for Parquet), or requests of writes made (64; or auto), at a time', group },
  { flags: '--page-size <n>', description: 'rows, or records, a page', group },
  { flags: '--workers <n>', description: 'processes that share the work; "auto" for one a core', group },
  { flags: '--shard <i/n>', description: 'only this part of the work, from 0/n on (JOB_COMPLETION_INDEX with RXCQL_SHARDS)', group },
]; // prettier-ignore

export const SPLITS_OPTION: CliOption = {
  flags: '--splits <n>',
  description: 'into how many ranges the table is cut at least (by its size)',
  group,
};

/** A part of the work. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Which part is meant: that which is said, or that of a Kubernetes Indexed Job. @throws ConfigurationError */
export function shardOf(options: Options, env: Readonly<Record<string, string | undefined>>): Shard | undefined {
  const said = options.text('shard');
  const [index, all] = [env['JOB_COMPLETION_INDEX'], env['RXCQL_SHARDS']];
  // A job has an index also if it is not cut into shards.
  const text = said ?? (index === undefined || all === undefined ? undefined : `${index}/${all}`);
  if (text === undefined) return undefined;
  const [, first, of] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (first !== undefined && Number(first) < Number(of)) return { index: Number(first), of: Number(of) };
  throw new ConfigurationError(`A shard is i/n, where i is from 0 to less than n; it is ${JSON.stringify(text)}.`);
}

/** How many processes. @throws ConfigurationError */
export function workersOf(options: Options): number {
  if (options.text('workers') === 'auto') return availableParallelism();
  return options.whole('workers', 1, 1_024) ?? 1;
}

/** A part of a part: workers share what a shard is. */
export function subShard({ index, of }: Shard, worker: number, workers: number): Shard {
  return { index: index + of * worker, of: of * workers };
}

export function rangesOptions(options: Options, shard: Shard | undefined): TokenRangesOptions {
  const splits = options.whole('splits', 1, 1 << 20);
  return { ...(splits !== undefined && { splits }), ...(shard && { shard }) };
}

/** The options of a scan, but for its ranges. */
export function scanOptions(options: Options): { concurrency?: number; pageSize?: number } {
  const concurrency = options.whole('concurrency', 1, 0x7fffffff);
  const pageSize = options.whole('page-size', 1, 1_000_000);
  return { ...(concurrency !== undefined && { concurrency }), ...(pageSize !== undefined && { pageSize }) };
}

import { type Checks, checkOptions, oneOf } from '../check.js';
import { mergedSettings, QUERY_CHECKS, type QueryOptions, type RequestSettings } from './request-options.js';

/** Options of a batch: those of a request, but for what only a single statement can have. */
export interface BatchOptions extends Omit<QueryOptions, 'pageSize' | 'pagingState' | 'prepare' | 'deadline'> {
  /**
   * How its statements belong together; default `'logged'`: all of them are executed in the end, or none, though not at the same
   * moment. `'unlogged'` promises nothing for statements of several partitions, and costs less. `'counter'` is for counters.
   */
  type?: 'logged' | 'unlogged' | 'counter' | undefined;
}

const OF_ONE_STATEMENT: readonly string[] = ['pageSize', 'pagingState', 'prepare', 'deadline'];

const BATCH_CHECKS = {
  ...Object.fromEntries(Object.entries(QUERY_CHECKS).filter(([name]) => !OF_ONE_STATEMENT.includes(name))),
  type: oneOf('logged', 'unlogged', 'counter'),
} as Checks<BatchOptions>;

/** The settings of one batch. @throws ConfigurationError for what is unknown or wrong. */
export function batchSettings(
  options: BatchOptions | undefined,
  base: RequestSettings,
  profiles: ReadonlyMap<string, RequestSettings>,
): RequestSettings {
  if (options === undefined) return base;
  checkOptions<BatchOptions>(options, BATCH_CHECKS, 'options of a batch');
  return mergedSettings(options, base, profiles);
}

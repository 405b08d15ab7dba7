import { anything, bytes, type Checks, checkOptions, flag, list } from '../../check.js';
import { ConfigurationError } from '../../errors.js';
import { ArrayRows } from '../../operators/array-rows.js';
import { Page } from '../../operators/page.js';

export interface PageOptions {
  /** Whether other pages follow; it then has a `pagingState`. Default false. */
  more?: boolean;
  /** Default: one that is always the same, where `more` says that other pages follow. */
  pagingState?: Buffer;
  /** After its rows the page has one more, which cannot be read: who comes to it gets this error. Default: none. */
  error?: unknown;
  /** Of a conditional statement. Default: undefined, as of any other. */
  wasApplied?: boolean;
  /** Default: none. */
  warnings?: readonly string[];
}

const CHECKS: Checks<PageOptions> = {
  more: flag,
  pagingState: bytes,
  error: anything,
  wasApplied: flag,
  warnings: list,
};

/**
 * A page as a query emits it. Given a text, its rows are the characters; given an array, they are its items, for example
 * objects like those of a table.
 *
 * It can stand for itself, as a value of `cold()` or `of()`, where it is a {@link Page} that can be read any number of times,
 * or for the answer of a fetch, in {@link queryOf}, where the query asks for more when it has been read.
 *
 * @throws ConfigurationError for options that there are not.
 *
 * @example
 * ```ts
 * page('ab', { more: true }); // a Page<string>
 * page([{ id: 1, name: 'Ada' }]); // a Page<{ id: number; name: string }>
 * ```
 */
export function page(rows: string, options?: PageOptions): Page<string>;
export function page<T>(rows: readonly T[], options?: PageOptions): Page<T>;
export function page(rows: string | readonly unknown[], options: PageOptions = {}): Page<unknown> {
  checkOptions(options, CHECKS, 'options of page()');
  if (!areRows(rows)) {
    throw new ConfigurationError('page() takes its rows: an array, or a text, of which each character is one.');
  }
  const { more = false, pagingState = more ? Buffer.from('more') : undefined, wasApplied, warnings } = options;
  const items = 'error' in options ? failing(rows, options.error) : Array.from<unknown>(rows);
  return new Page(ArrayRows.from(items), {
    hasMorePages: pagingState !== undefined,
    pagingState,
    wasApplied,
    warnings,
  });
}

const areRows = (rows: unknown): boolean => typeof rows === 'string' || Array.isArray(rows);

function* failing<T>(rows: Iterable<T>, error: unknown): Generator<T> {
  yield* rows;
  throw error;
}

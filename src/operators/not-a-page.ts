import { ConfigurationError } from '../errors.js';

/** The error for a source that emits anything but pages, rows most likely; undefined if `value` is a page. */
export function notAPage(value: unknown, name: string): ConfigurationError | undefined {
  if (typeof (value as { skip?: unknown } | null | undefined)?.skip === 'function') return undefined;
  return new ConfigurationError(`${name} takes the pages of a query, not its rows: it comes before flattening.`);
}

import { Observable, type OperatorFunction, takeWhile } from 'rxjs';
import { callable, type Checks, checkOptions, wholeNumber } from '../check.js';
import { BatchGroups } from './batch-groups.js';
import { sizeOf } from './size-of.js';

/** How records are grouped. */
export interface GroupBatchOptions<T> {
  /** What those of one group have in common; for batches: the partition. Compared as the key of a Map. */
  key: (record: T) => unknown;
  /** How many records a group has at most; default 32. */
  maxItems?: number;
  /** How many bytes; default 5,120, where Cassandra begins to warn. Only a record that is larger by itself is more, and is alone. */
  maxBytes?: number;
  /** How many groups are open at a time; default 1,000. The oldest is emitted to make room. */
  maxOpen?: number;
  /** The bytes of a record; default: an estimate of what its values are on the wire. */
  size?: (record: T) => number;
}

const CHECKS: Checks<GroupBatchOptions<never>> = {
  key: callable,
  maxItems: wholeNumber(1, 65_535),
  maxBytes: wholeNumber(1, 0x7fffffff),
  maxOpen: wholeNumber(1, 0x7fffffff),
  size: callable,
};

/**
 * Gathers records with the same key, to be sent in one batch. Emits a group when it is full, and those that are not when the source
 * completes; no record waits for anything else. It stands *inside* of a page, so that no more than a page waits (see the example).
 *
 * Errors at once with the error of the source, of `key` or of `size`, or with a `ConfigurationError`.
 *
 * @example
 * ```ts
 * readings.pipe(
 *   concatMap((page) =>
 *     page.pipe(
 *       groupBatch({ key: ({ sensor }) => sensor }),
 *       mergeMap((group) => session.batch(group.map((reading) => [insert, reading]), { type: 'unlogged' }), 16),
 *     ),
 *   ),
 * );
 * ```
 */
export function groupBatch<T>(options: GroupBatchOptions<T>): OperatorFunction<T, readonly T[]> {
  return (source) =>
    new Observable((subscriber) => {
      checkOptions<GroupBatchOptions<T>>(options, CHECKS, 'options of groupBatch()');
      const { key, maxItems = 32, maxBytes = 5_120, maxOpen = 1_000, size = sizeOf } = options;
      callable(key, 'key');
      const groups = new BatchGroups<T>({ maxItems, maxBytes, maxOpen });
      // What emits at once goes on until it is told.
      return source.pipe(takeWhile(() => !subscriber.closed)).subscribe({
        next: (record) => {
          let full: T[][];
          try {
            full = groups.add(key(record), record, size(record));
          } catch (error) {
            subscriber.error(error);
            return;
          }
          for (const group of full) subscriber.next(group);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          for (const group of groups.flush()) subscriber.next(group);
          subscriber.complete();
        },
      });
    });
}

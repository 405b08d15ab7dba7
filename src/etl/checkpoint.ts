import { concatMap, defer, finalize, type MonoTypeOperatorFunction, type Observable, tap } from 'rxjs';
import { type Checks, checkOptions, wholeNumber } from '../check.js';
import { CqlError } from '../errors.js';
import { type Advanced, CheckpointNotes } from './checkpoint-notes.js';
import { type CheckpointHeader, type CheckpointStore, FILES_HEADER } from './checkpoint-store.js';
import { TokenIntervals } from './token-intervals.js';
import { rangeId, RING_SIZE, type TokenRange, tokensIn } from './token-range.js';

const CHECKS: Checks<{ every?: number }> = { every: wholeNumber(0, 0x7fffffff) };

/**
 * Notes how far ranges have come, so that {@link resume} goes on from there. **It stands behind the work**: a page that passes it is taken for done,
 * with all before it of its range. The end of a range is noted before its page is passed on, and is on the disk then.
 *
 * Errors with the error of the source, and of the store: nothing is passed on that could not be noted.
 *
 * @param options `every`: how many milliseconds at least lie between two notes from within ranges, default 1,000. After a kill, what was done since
 * the last note is done again: work has to be such that this does no harm, as writing is. Where it is not, as with files, one note a range is what
 * is wanted: `every: Infinity`.
 *
 * @example
 * ```ts
 * scan(session, 'shop.orders', { ranges: resume(store, tokenRanges(session, 'shop.orders')) }).pipe(
 *   concatMap((page) => of(page).pipe(writeTo(other, insert), ignoreElements(), endWith(page))),
 *   checkpoint(store),
 * );
 * ```
 */
export function checkpoint<T extends Advanced>(
  store: CheckpointStore,
  options: { every?: number } = {},
): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => {
      const { every = 1_000 } = options;
      if (every !== Infinity) checkOptions<{ every?: number }>(options, CHECKS, 'options of checkpoint()');
      const notes = new CheckpointNotes(store, every);
      return source.pipe(
        tap((advanced) => notes.done(advanced)),
        finalize(() => notes.close()),
      );
    });
}

/**
 * What is left of a plan: its ranges without what a store has as done. A range that has been begun is left out up to where it has come. What
 * has been done is known by its tokens, so that a plan with other ranges, for the ring or the sizes have changed, loses nothing and repeats nothing.
 *
 * Cold. Rewrites the store with what it needs to know, and emits the ranges. Errors with a `CqlError` `ERR_RXCQL_CHECKPOINT` if the store is not of the
 * same work, or has been damaged.
 *
 * @param header What the work is: names and texts that must be the same for it to be gone on with: tables, the statement, the schema.
 *
 * @example
 * ```ts
 * const left = resume(checkpointFile('orders.journal'), tokenRanges(session, 'shop.orders'), { from: 'shop.orders' });
 * ```
 */
export function resume(
  store: CheckpointStore,
  plan: Observable<TokenRange>,
  header: CheckpointHeader = {},
): Observable<TokenRange> {
  return defer(() => {
    const { header: saved = header, records } = store.read();
    const { [FILES_HEADER]: files, ...before } = saved;
    refuseOther(before, header);
    const [done, inNoFile] = [new TokenIntervals(), new TokenIntervals()];
    for (const record of records) {
      const span = [tokenOf(record.start), tokenOf(record.upto)] as const;
      done.add(...span);
      if (!('file' in record)) inNoFile.add(...span);
    }
    const kept = inNoFile.ranges.map(({ start, end }) => ({
      start: String(start),
      upto: String(end),
      end: String(end),
    }));
    // What is said of files is for those who write them.
    const filed = records.filter((record) => 'file' in record);
    store.rewrite({ ...header, ...(files !== undefined && { [FILES_HEADER]: files }) }, [...kept, ...filed]);
    return plan.pipe(concatMap((range) => done.missing(range.start, range.end).map((part) => partOf(range, part))));
  });
}

function partOf(range: TokenRange, { start, end }: { readonly start: bigint; readonly end: bigint }): TokenRange {
  if (start === range.start && end === range.end) return range;
  return { ...range, id: rangeId(start, end), start, end, fraction: Number(tokensIn(start, end)) / Number(RING_SIZE) };
}

function refuseOther(before: CheckpointHeader, header: CheckpointHeader): void {
  const names = new Set([...Object.keys(before), ...Object.keys(header)]);
  const other = [...names].filter((name) => before[name] !== header[name]);
  if (other.length === 0) return;
  throw new CqlError(
    'ERR_RXCQL_CHECKPOINT',
    `What was begun is something else: ${other.join(', ')} differ. Finish it as it was begun, or begin with a new journal.`,
  );
}

function tokenOf(text: unknown): bigint {
  if (typeof text !== 'string' || !/^-?\d{1,20}$/.test(text) || BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) {
    throw new CqlError('ERR_RXCQL_CHECKPOINT', 'The journal has a record without the tokens of a range.');
  }
  return BigInt(text);
}

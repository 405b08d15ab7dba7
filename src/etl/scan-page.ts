import { type Column, Page, type PageDetails, type RowSource, type Row } from '../operators/page.js';
import { type TokenRange, tokensIn } from './token-range.js';

/** What a page is of. */
export interface ScanPosition {
  readonly range: TokenRange;
  readonly seq: number;
  readonly upto: bigint;
  readonly lastOfRange: boolean;
  readonly error?: Error;
}

/** Where a row was read, as the `position` of an outcome. */
export interface RowPlace {
  /** The `id` of the range. */
  readonly range: string;
  /** The page in its range, from 0. */
  readonly seq: number;
  /** The row in its page, from 0. */
  readonly row: number;
  /** Up to which part of the ring its range has been read with its page, from 0 to the `fraction` of the range. */
  readonly reached: number;
}

/**
 * A page of a range of a table. As any {@link Page} it has to be read or skipped, for then the next one of its range is fetched. Its
 * `pagingState` is that of the request and goes with its bounds: to go on later, ask for the range behind `upto`.
 */
export class ScanPage<R = Row> extends Page<R> {
  readonly range: TokenRange;
  /** Which page of the range it is, from 0. */
  readonly seq: number;
  /**
   * All rows of the range up to this token, it included, are in this page or those before it; of the last page, the end of the range.
   * It moves on where a partition ends: a scan of `{ ...range, start: upto }` begins with the first one that may not be complete.
   */
  readonly upto: bigint;
  /** Whether the range has been read whole with this page. */
  readonly lastOfRange: boolean;
  /** With `onRangeError: 'collect'`: why `range` could not be read. Such a page has no rows. */
  readonly error: Error | undefined;

  /** @internal */
  constructor(rows: RowSource<R>, details: PageDetails, { range, seq, upto, lastOfRange, error }: ScanPosition) {
    super(rows, details);
    this.range = range;
    this.seq = seq;
    this.upto = upto;
    this.lastOfRange = lastOfRange;
    this.error = error;
  }

  /** @internal The position of a row, for those who say what became of it. */
  positionOf(row: number): RowPlace {
    return new PlaceInRing(this, row);
  }
}

class PlaceInRing implements RowPlace {
  readonly range: string;
  readonly seq: number;
  readonly row: number;
  readonly #page: ScanPage<unknown>;

  constructor(page: ScanPage<unknown>, row: number) {
    this.range = page.range.id;
    this.seq = page.seq;
    this.row = row;
    this.#page = page;
  }

  get reached(): number {
    const { range, upto, lastOfRange } = this.#page;
    if (lastOfRange) return range.fraction;
    return (range.fraction * Number(BigInt.asUintN(64, upto - range.start))) / Number(tokensIn(range.start, range.end));
  }
}

/** A page without rows, in the place of those that could not be read. */
export function errorPage<R>(range: TokenRange, seq: number, error: Error): ScanPage<R> {
  return new ScanPage<R>(
    NO_ROWS,
    { columns: NO_COLUMNS },
    { range, seq, upto: range.start, lastOfRange: false, error },
  );
}

const NO_COLUMNS: readonly Column[] = [];

const NO_ROWS: RowSource<never> = {
  rowCount: 0,
  cursor: () => ({
    next: () => {
      throw new RangeError('There are no rows.');
    },
  }),
};

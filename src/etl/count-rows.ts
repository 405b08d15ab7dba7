import { defer, map, type Observable, type OperatorFunction, reduce, switchMap } from 'rxjs';
import { type Check, type Checks, checkOptions, list, oneName, wholeNumber } from '../check.js';
import { formatIdentifier } from '../codec/type.js';
import type { Session } from '../session/session.js';
import { LargestPartitions, type PartitionCount } from './largest-partitions.js';
import { concurrency, type Limiter } from './limiter.js';
import { scan } from './scan.js';
import type { ScanPage } from './scan-page.js';
import { formatTable, parseTable, type TableShape, tableShape } from './table-shape.js';
import type { TokenRange } from './token-range.js';

/** How rows are counted. */
export interface CountOptions {
  /** What is to be known besides the total; default: nothing. */
  stats?: readonly ('total' | 'ranges' | 'nodes' | 'partitions')[];
  /** How many of the largest partitions; default 10. */
  top?: number;
  /** How many ranges are counted at a time; default 8. */
  concurrency?: number | Limiter;
}

/** How many rows there are, and where. */
export interface CountStats {
  readonly total: number;
  /** In the order in which they were through. */
  readonly ranges?: readonly RangeCount[];
  /** By `host:port`: the rows of which a node is a replica. */
  readonly nodes?: ReadonlyMap<string, number>;
  /** Those with the most rows, the largest first. */
  readonly partitions?: readonly PartitionCount[];
}

/** A range, and how many rows it has. */
export interface RangeCount {
  readonly range: TokenRange;
  readonly rows: number;
}

const stats: Check = (value, name) => {
  list(value, name);
  for (const each of value as readonly unknown[]) oneName(['total', 'ranges', 'nodes', 'partitions'])(each, name);
};

const CHECKS: Checks<CountOptions> = { stats, top: wholeNumber(1, 10_000), concurrency };

/**
 * Counts the rows of a table by reading their keys, page by page: unlike `SELECT count(*)`, for which one node has to read the whole table
 * within one timeout.
 *
 * Cold. Emits once, at the end, and completes. Errors as {@link scan} does: what could not be counted is never left out.
 *
 * @param table As `keyspace.table`, names as the schema has them.
 *
 * @example
 * ```ts
 * countRows(session, 'shop.orders', { stats: ['partitions'], top: 3 }).subscribe(({ total, partitions }) =>
 *   console.log(total, partitions),
 * );
 * ```
 */
export function countRows(session: Session, table: string, options: CountOptions = {}): Observable<CountStats> {
  return defer(() => {
    checkOptions<CountOptions>(options, CHECKS, 'options of countRows()');
    const { concurrency: given } = options;
    const name = parseTable(table, session.keyspace);
    return tableShape(session, name.keyspace, name.table).pipe(
      switchMap((shape) =>
        scan(session, keysOf(shape), given === undefined ? {} : { concurrency: given }).pipe(
          counted(shape.partitionKey, options),
        ),
      ),
    );
  });
}

/** The SELECT whose rows are those of a table, and no more of them than it takes to tell partitions. */
export function keysOf(shape: TableShape): string {
  return `SELECT ${shape.partitionKey.map(formatIdentifier).join(', ')} FROM ${formatTable(shape)}`;
}

/** Counts the rows of a scan. Skips its pages, emits once at the end. */
export function counted(
  partitionKey: readonly string[],
  { stats: wanted = [], top = 10 }: Pick<CountOptions, 'stats' | 'top'>,
): OperatorFunction<ScanPage, CountStats> {
  return (source) =>
    defer(() => {
      const largest = wanted.includes('partitions') ? new LargestPartitions(top) : undefined;
      const keyOf = (row: Readonly<Record<string, unknown>>): readonly unknown[] =>
        partitionKey.map((column) => row[column]);
      return source.pipe(
        reduce((count, page) => count.add(page, largest, keyOf), new Count()),
        map((count) => count.stats(wanted, largest)),
      );
    });
}

class Count {
  private total = 0;
  private readonly byRange = new Map<TokenRange, number>();

  add(
    page: ScanPage,
    largest: LargestPartitions | undefined,
    keyOf: (row: Readonly<Record<string, unknown>>) => readonly unknown[],
  ): this {
    const { range, rowCount, lastOfRange } = page;
    this.total += rowCount;
    this.byRange.set(range, (this.byRange.get(range) ?? 0) + rowCount);
    if (largest !== undefined) {
      for (const row of page) largest.add(range.id, keyOf(row));
      if (lastOfRange) largest.close(range.id);
    }
    page.skip();
    return this;
  }

  stats(wanted: readonly string[], largest: LargestPartitions | undefined): CountStats {
    const nodes = new Map<string, number>();
    for (const [{ replicas }, rows] of this.byRange) {
      for (const node of replicas) nodes.set(node, (nodes.get(node) ?? 0) + rows);
    }
    return {
      total: this.total,
      ...(wanted.includes('ranges') && { ranges: Array.from(this.byRange, ([range, rows]) => ({ range, rows })) }),
      ...(wanted.includes('nodes') && { nodes }),
      ...(largest !== undefined && { partitions: largest.found }),
    };
  }
}

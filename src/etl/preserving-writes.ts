import { forkJoin, map, type Observable, of, switchMap } from 'rxjs';
import { type CqlType, formatIdentifier } from '../codec/type.js';
import { ConfigurationError } from '../errors.js';
import type { Prepared } from '../session/prepared.js';
import type { Session } from '../session/session.js';
import { ElementWrites } from './element-writes.js';
import { columnTypes } from './matching-columns.js';
import { insertCql, type RowWrites, type Using, type Write } from './row-statements.js';
import { CellTimes, type Preserved } from './cell-times.js';
import { formatTable, type ShapeColumn, type TableShape } from './table-shape.js';

type Values = Readonly<Record<string, unknown>>;

/**
 * Rows written with the times of their cells: cells of equal ones by one INSERT, which leaves all others as they are. Sets, maps and
 * user-defined types that are not frozen have times for each element, and are added to by as many UPDATEs.
 *
 * ```
 * row  ->  INSERT INTO t (k, c, v, w) VALUES (1, 1, 'v', unset) USING TIMESTAMP 1 AND TTL 9     v
 *          INSERT INTO t (k, c, v, w) VALUES (1, 1, unset, 'w') USING TIMESTAMP 2 AND TTL 0     w
 *          UPDATE t USING TIMESTAMP 3 AND TTL 0 SET m = m + {'a': 1} WHERE k = 1 AND c = 1      an element of m
 * ```
 *
 * When a row itself was inserted cannot be read: one without other cells is written as of now.
 */
export function preservingWrites(
  session: Session,
  shape: TableShape,
  columns: readonly ShapeColumn[],
  preserve: readonly Preserved[],
): Observable<RowWrites> {
  refuseLists(shape, columns);
  const using: readonly Using[] = [
    ...(preserve.includes('writetime') ? (['TIMESTAMP'] as const) : []),
    ...(preserve.includes('ttl') ? (['TTL'] as const) : []),
  ];
  const names = columns.map(({ name }) => formatIdentifier(name)).join(', ');
  return session.prepare(`SELECT ${names} FROM ${formatTable(shape)}`).pipe(
    switchMap((select) => {
      const types = columnTypes(select);
      const times = new CellTimes(preserve);
      const partitionKey = columns.filter(({ kind }) => kind === 'partition_key');
      const clustering = columns.filter(({ kind }) => kind === 'clustering');
      const cellsOf = (kind: string): readonly ShapeColumn[] => columns.filter((column) => column.kind === kind);
      const statics = cellWrites(session, shape, partitionKey, cellsOf('static'), { types, times, using });
      const cells = cellWrites(session, shape, [...partitionKey, ...clustering], cellsOf('regular'), { types, times, using }); // prettier-ignore
      return forkJoin([statics, cells]).pipe(
        map(([ofPartition, ofRow]): RowWrites => ({
          of: (row) => {
            const isRow = clustering.length === 0 || clustering.some(({ name }) => row[name] !== null);
            return [...ofPartition.of(row), ...(isRow ? ofRow.withMarker(row) : [])];
          },
        })),
      );
    }),
  );
}

/** Elements of lists have places of their own, which are made anew each time: two writes of one time, after a failure perhaps, would be twice as many. */
function refuseLists(shape: TableShape, columns: readonly ShapeColumn[]): void {
  const lists = columns.filter(({ type }) => type.startsWith('list<')).map(({ name }) => JSON.stringify(name));
  if (lists.length === 0) return;
  throw new ConfigurationError(
    `The times of ${lists.join(', ')} of ${formatTable(shape)} cannot be preserved: CQL cannot write the elements of a list as of another ` +
      'time so that it may be done again. Leave lists out by the option "columns", and copy them without "preserve".',
  );
}

interface CellSettings {
  readonly types: ReadonlyMap<string, CqlType>;
  readonly times: CellTimes;
  readonly using: readonly Using[];
}

/** The writes of cells under one key: that of the row, or of the partition. */
function cellWrites(
  session: Session,
  shape: TableShape,
  keys: readonly ShapeColumn[],
  cells: readonly ShapeColumn[],
  { types, times, using }: CellSettings,
): Observable<CellWrites> {
  const isMany = (column: ShapeColumn): boolean => isMultiCell(column, types.get(column.name)!);
  const single = cells.filter((column) => !isMany(column));
  const many = cells.filter(isMany).map((column) => new ElementWrites(column, types.get(column.name)!, keys, times));
  // What there is to be written under the key of a partition are its static columns: there may be none.
  const isOfRow = shape.columns.every(
    ({ kind, name }) => kind !== 'clustering' || keys.some((key) => key.name === name),
  );
  return forkJoin([
    isOfRow || single.length > 0 ? session.prepare(insertCql(shape, [...keys, ...single], using)) : of(undefined),
    many.length === 0 ? of([]) : forkJoin(many.map((elements) => session.prepare(elements.cql(shape, using)))),
  ]).pipe(map(([insert, updates]) => new CellWrites(insert, keys, single, times, many, updates)));
}

/** Frozen ones are one cell, and so is everything else. */
function isMultiCell({ type }: ShapeColumn, { kind }: CqlType): boolean {
  return (kind === 'set' || kind === 'map' || kind === 'udt') && !type.startsWith('frozen<');
}

class CellWrites {
  private readonly insert: Prepared | undefined;
  private readonly keys: readonly ShapeColumn[];
  private readonly single: readonly ShapeColumn[];
  private readonly times: CellTimes;
  private readonly many: readonly ElementWrites[];
  private readonly updates: readonly Prepared[];

  constructor(
    insert: Prepared | undefined,
    keys: readonly ShapeColumn[],
    single: readonly ShapeColumn[],
    times: CellTimes,
    many: readonly ElementWrites[],
    updates: readonly Prepared[],
  ) {
    this.insert = insert;
    this.keys = keys;
    this.single = single;
    this.times = times;
    this.many = many;
    this.updates = updates;
  }

  of(row: Values): Write[] {
    const { keys, single, times } = this;
    const key = keys.map(({ name }) => row[name]);
    const groups = times.grouped(
      single.filter(({ name }) => (row[name] ?? null) !== null),
      ({ name }) => times.of(row, name),
    );
    const inserts = groups.map(({ items, time }): Write => {
      const cells = single.map((column) => (items.includes(column) ? row[column.name] : undefined));
      return [this.insert!, [...key, ...cells, ...times.values(time)]];
    });
    const updates = this.many.flatMap((elements, i) =>
      elements.of(row, key).map((values): Write => [this.updates[i]!, values]),
    );
    return [...inserts, ...updates];
  }

  /** The same; a row that has no cells is there all the same. */
  withMarker(row: Values): Write[] {
    const writes = this.of(row);
    if (writes.length > 0) return writes;
    const key = this.keys.map(({ name }) => row[name]);
    return [[this.insert!, [...key, ...this.single.map(() => undefined), ...this.times.values(undefined)]]];
  }
}

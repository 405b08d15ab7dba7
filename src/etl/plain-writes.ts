import { forkJoin, map, type Observable, of } from 'rxjs';
import type { Prepared } from '../session/prepared.js';
import type { Session } from '../session/session.js';
import { insertCql, type RowWrites, type Write } from './row-statements.js';
import type { ShapeColumn, TableShape } from './table-shape.js';

/**
 * Rows written by one INSERT each, which leaves columns that are null as they are; of a partition that has static columns and no rows,
 * its static columns.
 */
export function plainWrites(
  session: Session,
  shape: TableShape,
  columns: readonly ShapeColumn[],
): Observable<RowWrites> {
  const ofPartition = columns.filter(({ kind }) => kind === 'partition_key' || kind === 'static');
  const clustering = columns.filter(({ kind }) => kind === 'clustering');
  const hasStatics = clustering.length > 0 && ofPartition.some(({ kind }) => kind === 'static');
  const hasNoRow = (row: Readonly<Record<string, unknown>>): boolean =>
    clustering.length > 0 && clustering.every(({ name }) => row[name] === null);
  return forkJoin([
    session.prepare(insertCql(shape, columns)),
    hasStatics ? session.prepare(insertCql(shape, ofPartition)) : of(undefined),
  ]).pipe(
    map(([insert, insertStatics]): RowWrites => ({
      of: (row) => {
        if (!hasNoRow(row)) return [write(insert, columns, row)];
        return insertStatics === undefined ? [] : [write(insertStatics, ofPartition, row)];
      },
    })),
  );
}

function write(statement: Prepared, columns: readonly ShapeColumn[], row: Readonly<Record<string, unknown>>): Write {
  return [statement, columns.map((column) => row[column.name] ?? undefined)];
}

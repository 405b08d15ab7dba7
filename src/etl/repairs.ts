import { forkJoin, map, type Observable, of, switchMap, throwError } from 'rxjs';
import type { Row } from '../operators/page.js';
import type { Session } from '../session/session.js';
import { insertCql } from './row-statements.js';
import { RowWriter } from './row-writer.js';
import type { ShapeColumn, TableShape } from './table-shape.js';

/**
 * Prepares what writes rows, or the static columns of partitions, that a target lacks or has otherwise: only the columns that it is given,
 * and null where there is to be nothing.
 */
export function repairs(
  session: Session,
  shape: TableShape,
  columns: readonly ShapeColumn[],
): Observable<(row: Row, isStatic: boolean) => Observable<unknown>> {
  const ofRow = columns.filter(({ kind }) => kind !== 'static');
  const ofPartition = columns.filter(({ kind }) => kind === 'partition_key' || kind === 'static');
  const hasStatics = columns.some(({ kind }) => kind === 'static');
  const writer = new RowWriter(session);
  return forkJoin([
    session.prepare(insertCql(shape, ofRow)),
    hasStatics ? session.prepare(insertCql(shape, ofPartition)) : of(undefined),
  ]).pipe(
    map(([insert, insertStatics]) => (row: Row, isStatic: boolean) => {
      const names = isStatic ? ofPartition : ofRow;
      const values = names.map(({ name }) => row[name] as unknown);
      return writer
        .write({ record: row, position: undefined }, () => [[isStatic ? insertStatics! : insert, values]])
        .pipe(switchMap((outcome) => (outcome.kind === 'failed' ? throwError(() => outcome.error) : of(outcome))));
    }),
  );
}

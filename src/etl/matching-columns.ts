import { forkJoin, map, type Observable } from 'rxjs';
import type { ColumnSpec } from '../codec/column-spec.js';
import { type CqlType, formatIdentifier } from '../codec/type.js';
import { ConfigurationError } from '../errors.js';
import type { Prepared } from '../session/prepared.js';
import type { Session } from '../session/session.js';
import { formatTable, type ShapeColumn, type TableShape } from './table-shape.js';

/** The columns of a table that have names; all, if there are none. @throws ConfigurationError for a name that no column has. */
export function columnsOf(shape: TableShape, names: readonly string[] | undefined): readonly ShapeColumn[] {
  if (names === undefined) return shape.columns;
  const lacking = names.filter((name) => shape.columns.every((column) => column.name !== name));
  if (lacking.length > 0) throw refusal(shape, `it has no ${listed(lacking)}, which the option "columns" names`);
  return shape.columns.filter(({ name }) => names.includes(name));
}

/** Refuses columns without the whole primary key of a table. @throws ConfigurationError */
export function refuseWithoutKey(shape: TableShape, columns: readonly ShapeColumn[]): void {
  const lacking = shape.columns.filter((column) => isKey(column) && columns.every(({ name }) => name !== column.name));
  if (lacking.length > 0) {
    throw refusal(shape, `of its primary key, ${listed(lacking.map(({ name }) => name))} would be missing`);
  }
}

/** Refuses what cannot be written by a value, but only be added to. @throws ConfigurationError */
export function refuseCounters(shape: TableShape, columns: readonly ShapeColumn[], what: string): void {
  if (columns.every(({ type }) => type !== 'counter')) return;
  throw refusal(
    shape,
    `it counts, and a counter cannot be set, only added to, so that ${what} would add again what is there. ` +
      'Use scan() and writeTo() with an UPDATE of your own, into a table that is empty',
  );
}

/**
 * Compares the columns of two tables, by name. Emits once and completes; errors with a `ConfigurationError` that lists each column that the
 * target lacks, or has with another type.
 */
export function matchColumns(
  source: { readonly session: Session; readonly shape: TableShape },
  target: { readonly session: Session; readonly shape: TableShape },
  columns: readonly ShapeColumn[],
): Observable<void> {
  const lacking = columns.filter(({ name }) => target.shape.columns.every((column) => column.name !== name));
  const shared = columns.filter((column) => !lacking.includes(column));
  const typesIn = (session: Session, shape: TableShape): Observable<ReadonlyMap<string, CqlType>> => {
    return session.prepare(`SELECT ${shared.map(({ name }) => formatIdentifier(name)).join(', ')} FROM ${formatTable(shape)}`).pipe(map(columnTypes)); // prettier-ignore
  };
  return forkJoin([typesIn(source.session, source.shape), typesIn(target.session, target.shape)]).pipe(
    map(([from, to]) => {
      const wrong = [
        ...lacking.map(({ name }) => `${JSON.stringify(name)} is missing`),
        ...shared
          .filter(({ name }) => signature(from.get(name)!) !== signature(to.get(name)!))
          .map(({ name, type }) => {
            const { type: other } = target.shape.columns.find((column) => column.name === name)!;
            return `${JSON.stringify(name)} is of the type ${other} rather than ${type}`;
          }),
      ];
      if (wrong.length === 0) return;
      throw refusal(target.shape, `it does not have the columns of ${formatTable(source.shape)}: ${wrong.join('; ')}`);
    }),
  );
}

/** The types of the columns that a statement selects. */
export function columnTypes({ columns = [] }: Prepared): ReadonlyMap<string, CqlType> {
  return new Map((columns as readonly ColumnSpec[]).map(({ name, cqlType }) => [name, cqlType]));
}

export function isKey({ kind }: ShapeColumn): boolean {
  return kind === 'partition_key' || kind === 'clustering';
}

/** Types with equal ones have values of the same form. What a user-defined type is called, and where, is no part of it. */
function signature(type: CqlType): string {
  return JSON.stringify(type, (key, value: unknown) => {
    const isName = (key === 'name' || key === 'keyspace') && typeof value === 'string';
    return isName ? undefined : value;
  });
}

function listed(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}

function refusal(shape: TableShape, why: string): ConfigurationError {
  return new ConfigurationError(`${formatTable(shape)} cannot be used: ${why}.`);
}

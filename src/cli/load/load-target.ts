import { defer, map, type Observable } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { parseTable, tableShape, type TableShape } from '../../etl/table-shape.js';
import { writeKind } from '../../etl/write-kind.js';
import type { Session } from '../../session/session.js';
import { checkTimes, type LoadTimes, timesIn } from './load-times.js';
import { fieldsOf, loadStatement, needFields, refuseOthers } from './load-statement.js';
import { mappingOf, type Pair } from '../options/mapping.js';
import type { Options } from '../options/options.js';
import { tableOf } from '../options/table.js';

/** What a file begins with. */
export interface FileFields {
  readonly file: string;
  /** Of its first record. */
  readonly fields: readonly string[];
  /** Whether all of its records have the same. */
  readonly isUniform: boolean;
}

/** What records are written by. */
export interface LoadTarget {
  /** For records with all fields that there may be. */
  readonly cql: string;
  /** For the records of a file. @throws ConfigurationError if its fields cannot be written, or are not all that are asked for. */
  cqlFor(file: FileFields): string;
  /** The times of cells that a file has. @throws ConfigurationError if they do not go with what else is asked for */
  timesOf(file: FileFields): LoadTimes | undefined;
  readonly pairs: readonly Pair[];
  /** The fields of a file that has no names, in their order. */
  readonly fields: readonly string[];
  readonly shape: TableShape | undefined;
  /** Whether a record may be written twice. */
  readonly isIdempotent: boolean;
}

/** The statement: the user's, or one for the table. Emits once. */
export function loadTarget(session: Session, options: Options): Observable<LoadTarget> {
  return defer(() => {
    const query = options.text('query');
    return query === undefined ? tableTarget(session, options) : queryTarget(session, options, query);
  });
}

function queryTarget(session: Session, options: Options, query: string): Observable<LoadTarget> {
  const other = ['table', 'mapping', 'ttl', 'timestamp'].find((name) => options.text(name) !== undefined);
  if (other !== undefined) {
    throw new ConfigurationError(`--query says itself what is written: it does not go with --${other}.`);
  }
  return session.prepare(query).pipe(
    map(({ cql, parameters }): LoadTarget => {
      const names = parameters.map(({ name }) => name);
      return {
        cql,
        cqlFor: ({ file, fields, isUniform }) => {
          if (isUniform) needFields(names, fields, file);
          return cql;
        },
        timesOf: () => undefined,
        pairs: names.map((name) => ({ field: name, column: name })),
        fields: names,
        shape: undefined,
        isIdempotent: writeKind(cql, parameters.some(({ type }) => type === 'counter')).isIdempotent, // prettier-ignore
      };
    }),
  );
}

function tableTarget(session: Session, options: Options): Observable<LoadTarget> {
  const { keyspace, table } = parseTable(tableOf(options), undefined);
  return tableShape(session, keyspace, table).pipe(
    map((shape): LoadTarget => {
      const isMapped = mappingOf(options) !== undefined;
      const { cql, pairs } = loadStatement(shape, options);
      const names = pairs.map(({ field }) => field);
      const timesOf = ({ file, fields }: FileFields): LoadTimes | undefined => {
        const times = isMapped ? undefined : timesIn(shape, fields);
        if (times !== undefined) checkTimes(shape, options, fields, file);
        return times;
      };
      return {
        cql,
        timesOf,
        cqlFor: ({ file, fields, isUniform }) => {
          if (!isMapped) refuseOthers([...names, ...(timesIn(shape, fields)?.fields ?? [])], fields, file);
          else if (isUniform) needFields(names, fields, file);
          return isUniform ? loadStatement(shape, options, fields).cql : cql;
        },
        pairs,
        fields: fieldsOf(shape, options),
        shape,
        isIdempotent: shape.columns.every(({ type }) => type !== 'counter'),
      };
    }),
  );
}

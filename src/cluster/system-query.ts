import { defer, EMPTY, expand, map, type Observable, reduce, tap } from 'rxjs';
import { consistencyCode } from '../codec/consistency.js';
import { Opcode } from '../codec/envelope.js';
import { writeBytes } from '../codec/primitives.js';
import { writeQuery } from '../codec/requests.js';
import type { RowsResult } from '../codec/responses.js';
import type { RowObject } from '../codec/row.js';
import type { Rows } from '../codec/rows.js';
import { ProtocolError } from '../errors.js';
import type { Connection } from '../wire/connection.js';
import type { Request } from '../wire/driver-request.js';

/** How long one page may take, in milliseconds. */
export const SYSTEM_TIMEOUT = 5_000;

/** So many bytes all pages of an answer may have: a server that never comes to an end must fill neither memory nor time. */
const MAX_LENGTH = 256 * 1024 * 1024;

/** The same where rows become objects, which take several times as much. The nodes of a large cluster take 6 MiB. */
const MAX_LENGTH_OF_OBJECTS = 64 * 1024 * 1024;

/** A page counts as so many bytes at least. */
const LEAST_PAGE = 16 * 1024;

export interface SystemQueryOptions {
  /** Text, for the markers of the statement. */
  readonly values?: readonly string[];
  /** How long the node may take for a page, in milliseconds. Default: 5,000. */
  readonly timeout?: number;
  /** Rows a page. Default: 2,000, as the tables of the system are short but a schema may have thousands of tables. */
  readonly pageSize?: number;
  /** Bytes of all pages. Default: 256 MiB, 64 MiB for {@link systemQuery}. */
  readonly maxLength?: number;
}

/**
 * What the driver asks one node for its own purposes, at ONE. Cold; emits the rows of each page, with values as they are by
 * default, and completes. Errors with a `ResponseError`, a `RequestTimeoutError`, what ended the connection, or a
 * `ProtocolError` for an answer without end.
 */
export function systemPages(
  connection: Connection,
  cql: string,
  { values = [], timeout = SYSTEM_TIMEOUT, pageSize = 2_000, maxLength = MAX_LENGTH }: SystemQueryOptions = {},
): Observable<Rows> {
  const texts = values.map((value) => Buffer.from(value));
  const fetch = (pagingState: Buffer | undefined): Observable<RowsResult> => {
    const request: Request = {
      opcode: Opcode.QUERY,
      write: (writer, version) =>
        writeQuery(writer, version, cql, {
          consistency: consistencyCode('ONE')!,
          values: { count: texts.length, write: (to, index) => writeBytes(to, texts[index]!) },
          pageSize,
          pagingState,
        }),
    };
    return connection.send(request, { timeout }).pipe(
      map((response) => {
        if (response.kind === 'rows') return response;
        throw new ProtocolError(`${connection.host} answered a SELECT with something other than rows.`);
      }),
    );
  };
  return defer(() => {
    let length = 0;
    return fetch(undefined).pipe(
      expand(({ pagingState }) => (pagingState === undefined ? EMPTY : fetch(pagingState))),
      tap(({ rows: { start, end } }) => {
        length += Math.max(end - start, LEAST_PAGE);
        if (length <= maxLength) return;
        throw new ProtocolError(`${connection.host} does not come to an end of what it says of the cluster.`);
      }),
      map(({ rows }) => rows),
    );
  });
}

/** All rows of {@link systemPages} at once. */
export function systemQuery(
  connection: Connection,
  cql: string,
  options?: SystemQueryOptions,
): Observable<RowObject[]> {
  return systemPages(connection, cql, { maxLength: MAX_LENGTH_OF_OBJECTS, ...options }).pipe(
    reduce<Rows, RowObject[]>((all, rows) => {
      const cursor = rows.cursor();
      for (let left = rows.rowCount; left > 0; left--) all.push(cursor.next());
      return all;
    }, []),
  );
}

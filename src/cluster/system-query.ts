import { EMPTY, expand, map, type Observable, reduce } from 'rxjs';
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

export interface SystemQueryOptions {
  /** Text, for the markers of the statement. */
  readonly values?: readonly string[];
  /** How long the node may take for a page, in milliseconds. Default: 5,000. */
  readonly timeout?: number;
  /** Rows a page. Default: 2,000, as the tables of the system are short but a schema may have thousands of tables. */
  readonly pageSize?: number;
}

/**
 * What the driver asks one node for its own purposes, at ONE. Cold; emits the rows of each page, with values as they are by
 * default, and completes. Errors with a `ResponseError`, a `RequestTimeoutError`, or what ended the connection.
 */
export function systemPages(
  connection: Connection,
  cql: string,
  { values = [], timeout = SYSTEM_TIMEOUT, pageSize = 2_000 }: SystemQueryOptions = {},
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
  return fetch(undefined).pipe(
    expand(({ pagingState }) => (pagingState === undefined ? EMPTY : fetch(pagingState))),
    map(({ rows }) => rows),
  );
}

/** All rows of {@link systemPages} at once. */
export function systemQuery(
  connection: Connection,
  cql: string,
  options?: SystemQueryOptions,
): Observable<RowObject[]> {
  return systemPages(connection, cql, options).pipe(
    reduce<Rows, RowObject[]>((all, rows) => {
      const cursor = rows.cursor();
      for (let left = rows.rowCount; left > 0; left--) all.push(cursor.next());
      return all;
    }, []),
  );
}

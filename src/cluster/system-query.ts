import { EMPTY, expand, type Observable, reduce } from 'rxjs';
import { consistencyCode } from '../codec/consistency.js';
import { Opcode } from '../codec/envelope.js';
import { writeQuery } from '../codec/requests.js';
import type { Response } from '../codec/responses.js';
import type { RowObject } from '../codec/row.js';
import type { Connection } from '../wire/connection.js';

/** Rows a page: the tables of the system are short, but a schema may have thousands of tables. */
const PAGE_SIZE = 1_000;

/** How long one page may take, in milliseconds. */
export const SYSTEM_TIMEOUT = 5_000;

/**
 * What the driver asks a node for its own purposes: all rows of a query, with values as they are by default. Cold; emits once
 * and completes. Errors with a `ResponseError`, a `RequestTimeoutError`, or what ended the connection.
 */
export function systemQuery(
  connection: Connection,
  cql: string,
  timeout: number = SYSTEM_TIMEOUT,
): Observable<RowObject[]> {
  const fetch = (pagingState: Buffer | undefined): Observable<Response> =>
    connection.send(
      {
        opcode: Opcode.QUERY,
        write: (writer, version) =>
          writeQuery(writer, version, cql, { consistency: consistencyCode('ONE')!, pageSize: PAGE_SIZE, pagingState }),
      },
      { timeout },
    );
  return fetch(undefined).pipe(
    expand((response) =>
      response.kind === 'rows' && response.pagingState !== undefined ? fetch(response.pagingState) : EMPTY,
    ),
    reduce<Response, RowObject[]>((rows, response) => {
      if (response.kind !== 'rows') return rows;
      const cursor = response.rows.cursor();
      for (let left = response.rows.rowCount; left > 0; left--) rows.push(cursor.next());
      return rows;
    }, []),
  );
}

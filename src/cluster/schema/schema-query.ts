import { EMPTY, expand, map, type Observable } from 'rxjs';
import { consistencyCode } from '../../codec/consistency.js';
import { Opcode } from '../../codec/envelope.js';
import { writeBytes } from '../../codec/primitives.js';
import { writeQuery } from '../../codec/requests.js';
import type { RowsResult } from '../../codec/responses.js';
import type { Rows } from '../../codec/rows.js';
import { ProtocolError } from '../../errors.js';
import type { Connection } from '../../wire/connection.js';
import type { Request } from '../../wire/driver-request.js';

/**
 * How the schema is asked for. Cold: emits the rows of each page of the result, and completes; errors with what the server
 * answered, or with what befell the connection.
 *
 * @param values Text, for the markers of `cql`.
 */
export type SchemaQuery = (cql: string, values: readonly string[]) => Observable<Rows>;

export interface SchemaQueryOptions {
  /** How long the node may take for a page, in milliseconds. Default: 5,000. */
  readonly timeout?: number;
  /** Rows a page. Default: 2,000. */
  readonly pageSize?: number;
}

/** Asks one node, over one connection: the rows of two nodes may be those of two schemas. */
export function connectionQuery(
  connection: Connection,
  { timeout = 5_000, pageSize = 2_000 }: SchemaQueryOptions = {},
): SchemaQuery {
  return (cql, values) => {
    const texts = values.map((value) => Buffer.from(value));
    const page = (pagingState: Buffer | undefined): Observable<RowsResult> => {
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
    return page(undefined).pipe(
      expand(({ pagingState }) => (pagingState === undefined ? EMPTY : page(pagingState))),
      map(({ rows }) => rows),
    );
  };
}

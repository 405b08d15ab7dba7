import { prepared, type RowValues, rows, type CqlResponse, voidResult } from 'rxcql/testing';
import { reading, PAGE_SIZE } from '../workloads.js';

/** A statement that the canned server knows: how it is prepared, and what one execution after another is answered with. */
export interface CannedStatement {
  readonly prepare: CqlResponse;
  readonly answer: CqlResponse;
  /** What the last page is answered with, and how many pages there are; undefined where there is one. */
  readonly last?: CqlResponse;
  readonly pages: number;
}

/** Where the number of the next page is put. */
export const PAGE_MARK: Buffer = Buffer.from('page 0000 of what is canned');

const COLUMNS = {
  id: 'int',
  sensor: 'uuid',
  name: 'text',
  at: 'timestamp',
  value: 'double',
  count: 'bigint',
  ok: 'boolean',
  note: 'text',
} as const;
const TABLE = { keyspace: 'rxcql_bench', table: 'readings' } as const;

const fields = (id: number): RowValues => reading(id);

/** @param scanned How many rows a scan has. */
export function cannedStatement(cql: string, scanned: number): CannedStatement | undefined {
  if (cql.startsWith('INSERT')) {
    const prepare = prepared({ ...TABLE, parameters: COLUMNS, partitionKey: ['id'] });
    return { prepare, answer: voidResult(), pages: 1 };
  }
  if (cql.includes('WHERE id = ?')) {
    const answer = rows(COLUMNS, [fields(7)], { ...TABLE, parameters: { id: 'int' }, partitionKey: ['id'] });
    return { prepare: answer, answer, pages: 1 };
  }
  if (!cql.startsWith('SELECT * FROM rxcql_bench')) return undefined;
  const page = Array.from({ length: PAGE_SIZE }, (_, id) => fields(id));
  const answer = rows(COLUMNS, page, { ...TABLE, pagingState: PAGE_MARK });
  return { prepare: answer, answer, last: rows(COLUMNS, page, TABLE), pages: Math.ceil(scanned / PAGE_SIZE) };
}

import { prepared, rows, type CqlResponse, voidResult } from 'rxcql/testing';
import { KEYSPACE } from '../statements.js';
import { type Table, TABLES } from '../tables.js';

/** A statement that the canned server knows: how it is prepared, and what its executions are answered with. */
export interface CannedStatement {
  readonly prepare: CqlResponse;
  /** How many rows its pages have together; undefined where it has no pages. */
  readonly scanned?: number;
  /** What a page of so many rows is answered with, or what everything is. */
  answer(rowCount: number, isLast: boolean): CqlResponse;
}

/** Where the number of the next page is put. */
export const PAGE_MARK: Buffer = Buffer.from('page 0000 of what is canned');

const ID = 7;
const pointRead = / WHERE id = \?$/;
const scan = / LIMIT (\d+)$/;

const tables = new Map<string, Table>(Object.values(TABLES).map((table) => [table.name, table]));

export function cannedStatement(cql: string): CannedStatement | undefined {
  const table = tables.get(new RegExp(` ${KEYSPACE}\\.(\\w+)`).exec(cql)?.[1] ?? '');
  if (table === undefined) return undefined;
  const { name, columns } = table;
  const origin = { keyspace: KEYSPACE, table: name };
  if (cql.startsWith('INSERT')) {
    const done = voidResult();
    return { prepare: prepared({ ...origin, parameters: columns, partitionKey: ['id'] }), answer: () => done };
  }
  if (pointRead.test(cql)) {
    const found = rows(columns, [table.row(ID)], { ...origin, parameters: { id: 'int' }, partitionKey: ['id'] });
    return { prepare: found, answer: () => found };
  }
  const [, limit] = scan.exec(cql) ?? [];
  if (limit === undefined) return undefined;
  return {
    prepare: rows(columns, [], origin),
    scanned: Number(limit),
    answer: (rowCount, isLast) => {
      const page = Array.from({ length: rowCount }, (_, id) => table.row(id));
      return rows(columns, page, isLast ? origin : { ...origin, pagingState: PAGE_MARK });
    },
  };
}

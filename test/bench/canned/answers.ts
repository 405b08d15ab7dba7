import { prepared, rows, type CqlResponse, voidResult } from 'rxcql/testing';
import { KEYSPACE } from '../statements.js';
import { type Table, TABLES } from '../tables.js';
import { tokenParts } from './token-parts.js';

/** A statement that the canned server knows: how it is prepared, and what its executions are answered with. */
export interface CannedStatement {
  readonly prepare: CqlResponse;
  /** How many rows its pages have together, by the tokens that are bound; undefined where it has no pages. */
  readonly scanned?: (tokens: readonly bigint[]) => number;
  /** What a page of so many rows is answered with, or what everything is. */
  answer(rowCount: number, isLast: boolean): CqlResponse;
}

/** Where the number of the next page is put. */
export const PAGE_MARK: Buffer = Buffer.from('page 0000 of what is canned');

const ID = 7;
const pointRead = / WHERE id = \?$/;
const scan = / LIMIT (\d+)$/;
const inserted = /^INSERT INTO [\w.]+ \(([\w, ]+)\)/;

const tables = new Map<string, Table>(Object.values(TABLES).map((table) => [table.name, table]));

/** @param size How many rows a table has for who reads it by its tokens, as many in each part of the ring. */
export function cannedStatement(cql: string, size: number): CannedStatement | undefined {
  const table = tables.get(new RegExp(` ${KEYSPACE}\\.(\\w+)`).exec(cql)?.[1] ?? '');
  if (table === undefined) return undefined;
  const { name, columns } = table;
  const origin = { keyspace: KEYSPACE, table: name };
  if (cql.startsWith('INSERT')) {
    const done = voidResult();
    const parameters = inOrder(columns, inserted.exec(cql)?.[1]);
    return { prepare: prepared({ ...origin, parameters, partitionKey: ['id'] }), answer: () => done };
  }
  if (pointRead.test(cql)) {
    const found = rows(columns, [table.row(ID)], { ...origin, parameters: { id: 'int' }, partitionKey: ['id'] });
    return { prepare: found, answer: () => found };
  }
  const [, limit] = scan.exec(cql) ?? [];
  if (limit !== undefined) return scanOf(table, columns, {}, () => Number(limit));
  const parts = tokenParts(cql);
  if (parts === undefined) return undefined;
  return scanOf(table, inOrder(columns, parts.selected), parts.parameters, (tokens) => parts.rowsOf(tokens, size));
}

function scanOf(
  table: Table,
  columns: Table['columns'],
  parameters: Record<string, string>,
  scanned: (tokens: readonly bigint[]) => number,
): CannedStatement {
  const origin = { keyspace: KEYSPACE, table: table.name, parameters };
  const places = Object.keys(columns).map((column) => Object.keys(table.columns).indexOf(column));
  return {
    prepare: rows(columns, [], origin),
    scanned,
    answer: (rowCount, isLast) => {
      const page = Array.from({ length: rowCount }, (_, id) => {
        const values = table.row(id);
        return places.map((place) => values[place]);
      });
      return rows(columns, page, isLast ? origin : { ...origin, pagingState: PAGE_MARK });
    },
  };
}

/** The columns of a list of names; all of them where it is none. */
function inOrder(columns: Table['columns'], list: string | undefined): Table['columns'] {
  if (list === undefined || list === '*') return columns;
  return Object.fromEntries(list.split(', ').map((name) => [name, columns[name]!]));
}

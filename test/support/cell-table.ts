import { defer, EMPTY, type Observable, of } from 'rxjs';
import { Page, pages, type Params, type QueryOptions, type Session } from 'rxcql';
import { type CqlType, formatType } from '../../src/codec/type.js';
import { murmur3Token } from '../../src/codec/murmur3.js';
import { ResultColumns } from '../../src/codec/result-columns.js';
import { Rows } from '../../src/codec/rows.js';
import { valueCodec } from '../../src/codec/value-codec.js';
import { DEFAULT_VALUES } from '../../src/codec/value-options.js';
import { Writer } from '../../src/codec/writer.js';
import { nodeAt } from './token-table.js';

/** A row of `ks.t (k int, c int, v text, PRIMARY KEY (k, c))`. */
export type Cell = readonly [k: number, c: number, v: string | null];

export interface CellTableOptions {
  readonly rows?: readonly Cell[];
  /** Takes the place of a fetch. */
  readonly fetch?: (page: number, read: () => Observable<Page>) => Observable<Page>;
  /** What becomes of a statement with these values. */
  readonly write?: (values: readonly unknown[], cql: string) => Observable<Page>;
}

const TYPES: readonly (readonly [string, CqlType, string, number, string])[] = [
  ['k', { kind: 'int' }, 'partition_key', 0, 'none'],
  ['c', { kind: 'int' }, 'clustering', 0, 'asc'],
  ['v', { kind: 'text' }, 'regular', -1, 'none'],
];

const COLUMNS = TYPES.map(([name, cqlType]) => ({
  name,
  type: formatType(cqlType),
  keyspace: 'ks',
  table: 't',
  cqlType,
  codec: valueCodec(cqlType),
}));

/** A page of rows as they lie in a response. */
export function cellPage(cells: readonly Cell[], pagingState?: Buffer): Page {
  const { buffer, start, end } = new Writer().encode(0, (writer) => {
    for (const row of cells) {
      for (const [i, value] of row.entries()) {
        if (value === null) {
          writer.i32(-1);
          continue;
        }
        const mark = writer.reserve();
        COLUMNS[i]!.codec.encode(writer, value);
        writer.patchLength(mark);
      }
    }
  });
  const described = new ResultColumns(COLUMNS, Buffer.alloc(0), true, DEFAULT_VALUES);
  const rows = new Rows(described, cells.length, buffer, start, end);
  return new Page(rows, { coordinator: 'a:1', ...(pagingState && { pagingState }) });
}

const tokenOf = (k: number): bigint => {
  const key = Buffer.alloc(4);
  key.writeInt32BE(k);
  return murmur3Token(key);
};

/** Rows in the order of their tokens, and of `c`. */
export const inOrder = (rows: readonly Cell[]): Cell[] =>
  [...rows].sort((a, b) => (tokenOf(a[0]) === tokenOf(b[0]) ? a[1] - b[1] : tokenOf(a[0]) < tokenOf(b[0]) ? -1 : 1));

/** A session that has only this table: its rows are read range by range, and what is written goes where a test says. */
export function cellTable({ rows = [], fetch, write }: CellTableOptions = {}): {
  session: Session;
  fetches: () => number;
} {
  let fetches = 0;
  const ordered = inOrder(rows);
  const query = (cql: string, params: readonly bigint[], { pageSize = 0 }: QueryOptions): Observable<Page> => {
    const bounds = [...params];
    const start = cql.includes('> ?') ? bounds.shift() : undefined;
    const end = cql.includes('<= ?') ? bounds.shift() : undefined;
    const found = ordered.filter(([k]) => (start ?? -(2n ** 63n)) < tokenOf(k) && tokenOf(k) <= (end ?? 2n ** 63n));
    return pages((state?: Buffer) => {
      const at = state === undefined ? 0 : Number(state.toString());
      fetches++;
      const next = at + pageSize < found.length ? Buffer.from(String(at + pageSize)) : undefined;
      const read = () => of(cellPage(found.slice(at, at + pageSize), next));
      return fetch?.(at / pageSize, read) ?? read();
    });
  };
  const execute = (statement: string | { cql: string }, params: Params): Observable<Page> => {
    const cql = typeof statement === 'string' ? statement : statement.cql;
    const lines = cql.includes('system_schema.keyspaces')
      ? [[new Map([['class', 'SimpleStrategy'], ['replication_factor', '1']])]] // prettier-ignore
      : cql.includes('system_schema.columns')
        ? TYPES.map(([name, type, kind, position, order]) => [name, formatType(type), kind, position, order])
        : undefined;
    if (lines !== undefined) return of({ toArray: () => lines, first: () => lines[0] } as unknown as Page);
    if (cql.startsWith('SELECT k')) {
      const [k, c] = params as readonly number[];
      return of(cellPage(rows.filter((row) => row[0] === k && row[1] === c)));
    }
    return defer(() => write?.(params as readonly unknown[], cql) ?? of(cellPage([])));
  };
  const session = {
    keyspace: undefined,
    connect: () => of(undefined),
    topology: EMPTY,
    metadata: { ring: [{ token: 0n, node: nodeAt('a:1') }] },
    prepare: (cql: string) => of({ cql, columns: COLUMNS, parameters: COLUMNS }),
    execute,
    query,
  } as unknown as Session;
  return { session, fetches: () => fetches };
}

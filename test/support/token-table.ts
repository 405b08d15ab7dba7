import { Observable, of, throwError } from 'rxjs';
import { type Node, Page, type Params, pages, type QueryOptions, type Session } from 'rxcql';
import { ArrayRows } from '../../src/operators/array-rows.js';

/** A row, and where its partition is. */
export interface TokenRow {
  readonly token: bigint;
  readonly id: number;
}

/** What a query of a range was asked for. */
export interface Asked {
  readonly cql: string;
  readonly start: bigint | undefined;
  readonly end: bigint | undefined;
  readonly options: QueryOptions;
}

export const nodeAt = (address: string, rack = 'rack1'): Node => ({
  hostId: address,
  address,
  datacenter: 'dc1',
  rack,
  isUp: true,
  releaseVersion: '5.0',
});

const COLUMNS = [
  ['id', 'int', 'partition_key', 0],
  ['v', 'text', 'regular', -1],
];

export interface TokenTableOptions {
  readonly rows?: readonly TokenRow[];
  readonly ring?: readonly { readonly token: bigint; readonly node: Node }[];
  readonly replication?: Readonly<Record<string, string>>;
  readonly columns?: readonly (readonly unknown[])[];
  readonly estimates?: Readonly<Record<string, readonly (readonly unknown[])[]>>;
  /** Takes the place of a fetch. */
  readonly fetch?: (asked: Asked, page: number, read: () => Observable<Page<TokenRow>>) => Observable<Page<TokenRow>>;
}

const pageOf = <T>(rows: readonly T[], more = false): Page<T> =>
  new Page<T>(ArrayRows.from(rows), { ...(more && { pagingState: Buffer.from('more') }), coordinator: 'a:1' });

/** A session whose only table is a list of rows with their tokens; `ks.t` is read range by range as a server would. */
export function tokenTable(options: TokenTableOptions = {}): { session: Session; asked: Asked[] } {
  const asked: Asked[] = [];
  const ring = options.ring ?? [{ token: 0n, node: nodeAt('a:1') }];
  const replication = options.replication ?? { class: 'SimpleStrategy', replication_factor: '1' };
  const execute = (cql: string, params: Params, given?: QueryOptions): Observable<Page<unknown>> => {
    if (cql.includes('system_schema.keyspaces')) {
      return of(pageOf((params as string[])[0] === 'ks' ? [[new Map(Object.entries(replication))]] : []));
    }
    if (cql.includes('system_schema.columns')) {
      return of(pageOf((params as string[])[1] === 't' ? (options.columns ?? COLUMNS) : []));
    }
    if (cql.includes('system.size_estimates')) {
      const { address } = given!.node as Node;
      const estimates = options.estimates?.[address];
      return estimates === undefined ? throwError(() => new Error('away')) : of(pageOf(estimates));
    }
    return throwError(() => new Error(`What is ${cql}?`));
  };
  const query = (cql: string, params: readonly bigint[], given: QueryOptions): Observable<Page<TokenRow>> => {
    const bounds = [...params];
    const start = cql.includes('> ?') ? bounds.shift() : undefined;
    const end = cql.includes('<= ?') ? bounds.shift() : undefined;
    const found = (options.rows ?? [])
      .filter(({ token }) => (start === undefined || token > start) && (end === undefined || token <= end))
      .sort((a, b) => (a.token < b.token ? -1 : 1));
    const size = given.pageSize!;
    const from = given.pagingState === undefined ? 0 : Number(Buffer.from(given.pagingState).toString());
    return pages<TokenRow, Buffer>((state) => {
      const at = state === undefined ? from : Number(state.toString());
      const request = { cql, start, end, options: given };
      asked.push(request);
      const read = () => {
        const isMore = at + size < found.length;
        const details = { coordinator: 'a:1', ...(isMore && { pagingState: Buffer.from(String(at + size)) }) };
        return of(new Page<TokenRow>(ArrayRows.from(found.slice(at, at + size)), details));
      };
      return options.fetch?.(request, at / size, read) ?? read();
    });
  };
  const session = {
    keyspace: undefined,
    connect: () => of(undefined),
    topology: new Observable((subscriber) => {
      subscriber.next({ nodes: [...new Set(ring.map(({ node }) => node))], localDataCenter: 'dc1' });
    }),
    metadata: { ring },
    execute,
    query,
  } as unknown as Session;
  return { session, asked };
}

import {
  concat,
  concatMap,
  lastValueFrom,
  mergeMap,
  Observable,
  range as numbers,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import {
  createSession,
  type Page,
  type Params,
  type QueryOptions,
  ResponseError,
  type Session,
  type Statement,
} from 'rxcql';
import { countRows, scan, ScanError, type ScanOptions, type ScanPage, type TokenRange, tokenRanges } from 'rxcql/etl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/served-session.js';
import { sharedNode } from './shared-node.js';

const KEYSPACE = 'rxcql_etl_scan';
const ROWS = 12_000;
const RING_START = -(2n ** 63n);

let session: Session;
const run = (statement: string, params?: Params): Promise<Page> => lastValueFrom(session.execute(statement, params));

beforeAll(async () => {
  session = createSession({ ...sharedNode, keyspace: undefined } as never);
  await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
  await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  await run(
    `CREATE TABLE ${KEYSPACE}.t ("Id" int, day int, c int, s text STATIC, v text, PRIMARY KEY (("Id", day), c))`,
  );
  await run(`CREATE TABLE ${KEYSPACE}.empty (id int PRIMARY KEY)`);
  const insert = `INSERT INTO ${KEYSPACE}.t ("Id", day, c, v) VALUES (?, ?, ?, ?)`;
  // One partition of a thousand rows, and many of one to four.
  await lastValueFrom(
    numbers(0, ROWS).pipe(
      mergeMap((c) => session.execute(insert, c < 1_000 ? [0, 0, c, 'large'] : [c % 4_000, c % 2, c, `row ${c}`]), 128),
    ),
  );
});

afterAll(async () => {
  await run(`DROP KEYSPACE ${KEYSPACE}`);
  await lastValueFrom(session.close());
});

interface T {
  readonly Id: number;
  readonly c: number;
}

const pagesOf = (options: ScanOptions = {}, from: Session = session): Promise<ScanPage<T>[]> =>
  lastValueFrom(scan<T>(from, `${KEYSPACE}.t`, options).pipe(tap((page) => page.skip()), toArray())); // prettier-ignore
const seen = (pages: readonly Page<T>[]): number[] => pages.flatMap((page) => page.toArray().map(({ c }) => c));
const all = Array.from({ length: ROWS }, (_, i) => i);
const sorted = (values: number[]): number[] => values.sort((a, b) => a - b);

/** A session that is the real one, except for pages of which a test says that they fail. */
function failing(
  isFailing: (cql: string, params: readonly bigint[], page: number, isResumed: boolean) => boolean,
  error: Error,
): Session {
  return new Proxy(session, {
    get(target, name) {
      if (name !== 'query') {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      return (statement: Statement, params: Params, options: QueryOptions) =>
        new Observable<Page>((subscriber) => {
          let page = 0;
          let last: Buffer | undefined = options.pagingState as Buffer | undefined;
          const pages = target.query(statement, params, options).pipe(
            concatMap((found) => {
              if (isFailing(statement as string, params as bigint[], page++, options.pagingState !== undefined)) {
                return throwError(() => Object.assign(error, { pagingState: last }));
              }
              last = found.pagingState;
              return [found];
            }),
          );
          return pages.subscribe(subscriber);
        });
    },
  });
}

describe('tokenRanges() on a real Cassandra', () => {
  it.each([1, 2, 16, 333])('covers the ring with at least %i ranges of known replicas', async (splits) => {
    const ranges = await lastValueFrom(
      tokenRanges(session, `${KEYSPACE}.t`, { splits, order: 'ring' }).pipe(toArray()),
    );
    expect(ranges.length).toBeGreaterThanOrEqual(splits);
    expect([...ranges.slice(1).map(({ start }) => start), ranges[0]!.start]).toEqual(ranges.map(({ end }) => end));
    for (const { end, replicas } of ranges) {
      expect(replicas).toEqual(session.metadata.replicas(KEYSPACE, end).map(({ address }) => address));
    }
  });

  it('knows the ring as the server does', async () => {
    const { tokens } = (await run('SELECT tokens FROM system.local')).one() as { tokens: Set<string> };
    const own = session.metadata.ring.map(({ token }) => String(token));
    expect(own).toEqual(expect.arrayContaining([...tokens]));
  });
});

describe('scan() on a real Cassandra', () => {
  it.each<[string, ScanOptions]>([
    ['as it plans itself', {}],
    ['with small pages', { pageSize: 97 }],
    ['in one range', { ranges: [{ id: '', start: RING_START, end: RING_START, replicas: [], fraction: 1 }] }],
    ['in one range from the middle', { ranges: [{ id: '', start: 42n, end: 42n, replicas: [], fraction: 1 }] }],
    [
      'at the edges',
      {
        ranges: [
          [RING_START, RING_START + 1n],
          [RING_START + 1n, 0n],
          [0n, 2n ** 63n - 2n],
          [2n ** 63n - 2n, 2n ** 63n - 1n],
          [2n ** 63n - 1n, RING_START],
        ].map(([start, end]) => ({ id: `${start}`, start: start!, end: end!, replicas: [], fraction: 0 })),
      },
    ],
  ])('has every row once, %s', async (_, options) => {
    expect(sorted(seen(await pagesOf(options)))).toEqual(all);
  });

  it('has the rows of 2,000 ranges of few partitions each, and of shards', async () => {
    const ranges = tokenRanges(session, `${KEYSPACE}.t`, { splits: 2_000 });
    expect(sorted(seen(await pagesOf({ ranges, concurrency: 32 })))).toEqual(all);
    const shards = await Promise.all(
      [0, 1, 2].map((index) => pagesOf({ ranges: tokenRanges(session, `${KEYSPACE}.t`, { shard: { index, of: 3 } }) })),
    );
    expect(sorted(shards.flatMap(seen))).toEqual(all);
  });

  it('moves `upto` on past whole partitions only, and goes on behind it', async () => {
    const token = new Map<number, bigint>();
    const tokens = session.query<{ c: number; tk: bigint }>(`SELECT c, token("Id", day) AS tk FROM ${KEYSPACE}.t`);
    await lastValueFrom(tokens.pipe(concatMap((page) => page), tap((row) => token.set(row.c, row.tk)))); // prettier-ignore
    const ranges: TokenRange[] = [{ id: 'one', start: RING_START, end: RING_START, replicas: [], fraction: 1 }];
    const pages = await pagesOf({ ranges, pageSize: 150 });
    const rows = new Set<number>();
    for (const [i, page] of pages.entries()) {
      for (const c of seen([page])) rows.add(c);
      if (page.lastOfRange) {
        expect([i, page.upto]).toEqual([pages.length - 1, RING_START]);
      } else {
        const through = all.filter((c) => token.get(c)! <= page.upto);
        expect(through.filter((c) => !rows.has(c))).toEqual([]);
        expect(through.length).toBeGreaterThan(rows.size - 1_150);
      }
    }
    const { upto } = pages[40]!;
    const rest = await pagesOf({ ranges: [{ ...ranges[0]!, start: upto }] });
    expect(sorted([...seen(rest), ...all.filter((c) => token.get(c)! <= upto)])).toEqual(all);
  });

  it('goes on where a page failed, inside of a partition too, and has no row twice', async () => {
    const lost = new ResponseError('Unavailable', 'There are too few replicas.');
    // Which page fails must not depend on the order in which two ranges are read: what fails three times in a row is given up.
    const begun = new Set<string>();
    let failures = 0;
    const session = failing((cql, params, page, isResumed) => {
      const isFirst = page === 0 && !isResumed && begun.size < begun.add(`${cql} ${String(params)}`).size;
      const isFailing = isFirst ? begun.size % 3 === 0 : page === (isResumed ? 3 : 1);
      if (isFailing) failures++;
      return isFailing;
    }, lost);
    expect(sorted(seen(await pagesOf({ pageSize: 400, concurrency: 2 }, session)))).toEqual(all);
    expect(failures).toBeGreaterThan(10);
  });

  it('halves what is too much behind what was read, and reads all but the part that fails', async () => {
    const large = (
      await run(`SELECT token("Id", day) AS t FROM ${KEYSPACE}.t WHERE "Id" = 0 AND day = 0 LIMIT 1`)
    ).one()['t'] as bigint;
    // Some pages are read of a range before it begins to fail.
    const isFailing: Parameters<typeof failing>[0] = (cql, params, page, isResumed) => {
      const bounds = [...params];
      const start = cql.includes('> ?') ? bounds.shift()! : RING_START;
      const end = cql.includes('<= ?') ? bounds.shift()! : 2n ** 63n - 1n;
      return start < large && large <= end && (page >= 3 || isResumed);
    };
    const session = failing(isFailing, new ResponseError('ReadTimeout', 'It took too long.'));
    const read: ScanPage<T>[] = [];
    const ranges = tokenRanges(session, `${KEYSPACE}.t`, { splits: 4 });
    const scanned = scan<T>(session, `${KEYSPACE}.t`, { ranges, pageSize: 100 });
    const failure = await failureOf(scanned.pipe(tap((page) => read.push(page) && page.skip())));
    expect(failure).toBeInstanceOf(ScanError);
    const missing = (failure as unknown as ScanError).ranges;
    expect(missing.length).toBeGreaterThan(0);
    const got = seen(read);
    expect(new Set(got).size).toBe(got.length);
    const rest = seen(await pagesOf({ ranges: missing }));
    expect(new Set([...got, ...rest]).size).toBe(ROWS);
    // Only the partition in which a page failed comes again.
    expect(got.length + rest.length - ROWS).toBeLessThanOrEqual(1_000);
  });

  it('reads a query range by range', async () => {
    const query = `SELECT c AS x FROM ${KEYSPACE}.t WHERE v = 'row 1234' ALLOW FILTERING`;
    const found = scan(session, query, { concurrency: 4 }).pipe(concatMap((page) => page), toArray()); // prettier-ignore
    expect(await lastValueFrom(found)).toEqual([{ x: 1_234 }]);
    const wrong = scan(session, `SELECT c FROM ${KEYSPACE}.t WHERE nothing = 1`);
    expect(await failureOf(wrong)).toMatchObject({ kind: 'Invalid' });
  });

  it('has when cells were written and how long they live', async () => {
    await run(
      `INSERT INTO ${KEYSPACE}.t ("Id", day, c, v) VALUES (-1, 0, -1, 'x') USING TIMESTAMP 1234567890123457 AND TTL 500`,
    );
    const pages = scan(session, `${KEYSPACE}.t`, { preserve: ['writetime', 'ttl'], columns: ['c', 's', 'v'] });
    const rows = await lastValueFrom(concat(pages).pipe(concatMap((page) => page), toArray())); // prettier-ignore
    const row = rows.find(({ c }) => c === -1)!;
    expect(row).toMatchObject({ s: null, 'writetime(s)': null, 'writetime(v)': 1234567890123457n });
    expect(row['ttl(v)']).toBeGreaterThan(400);
    await run(`DELETE FROM ${KEYSPACE}.t WHERE "Id" = -1 AND day = 0`);
  });

  it('reads an empty table', async () => {
    const pages = await lastValueFrom(scan(session, `${KEYSPACE}.empty`).pipe(toArray()));
    expect(pages.every(({ rowCount, lastOfRange }) => rowCount === 0 && lastOfRange)).toBe(true);
    expect(await lastValueFrom(countRows(session, `${KEYSPACE}.empty`))).toEqual({ total: 0 });
  });
});

describe('countRows() on a real Cassandra', () => {
  it('counts rows, by ranges, nodes and partitions', async () => {
    const options = { stats: ['ranges', 'nodes', 'partitions'], top: 2 } as const;
    const { total, ranges, nodes, partitions } = await lastValueFrom(countRows(session, `${KEYSPACE}.t`, options));
    expect(total).toBe(ROWS);
    expect(ranges!.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS);
    expect([...nodes!.values()].reduce((sum, rows) => sum + rows, 0)).toBe(ROWS);
    expect(partitions).toMatchObject([{ key: [0, 0], rows: 1_002 }, { rows: expect.any(Number) as number }]);
  });
});

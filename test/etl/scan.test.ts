import { concat, concatMap, lastValueFrom, map, NEVER, of, Subject, tap, throwError, toArray } from 'rxjs';
import { ConnectionError, type Page, ResponseError, SessionClosedError } from 'rxcql';
import { marbles } from 'rxcql/testing';
import { countRows, scan, ScanError, type ScanOptions, type ScanPage, type TokenRange } from 'rxcql/etl';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RING_START } from '../../src/etl/token-range.js';
import { failureOf } from '../support/served-session.js';
import { type Asked, tokenTable, type TokenRow, type TokenTableOptions } from '../support/token-table.js';

const MAX = 2n ** 63n - 1n;
const rows: TokenRow[] = [
  ...[RING_START + 1n, RING_START + 2n, MAX - 1n, MAX].map((token, i) => ({ token, id: 1_000 + i })),
  ...Array.from({ length: 100 }, (_, id) => ({ token: BigInt(id - 50) * 10n ** 17n, id })),
];
const range = (start: bigint, end: bigint): TokenRange => {
  return { id: `${start}..${end}`, start, end, replicas: ['a:1'], fraction: 0.1 };
};

const scanned = (options: ScanOptions, table: TokenTableOptions = { rows }): Promise<ScanPage<TokenRow>[]> => {
  const pages = scan<TokenRow>(tokenTable(table).session, 'ks.t', options);
  return lastValueFrom(pages.pipe(tap((page) => page.skip()), toArray())); // prettier-ignore
};
const idsOf = (pages: readonly Page<TokenRow>[]): number[] =>
  pages.flatMap((page) => page.toArray().map(({ id }) => id)).sort((a, b) => a - b);
const all = rows.map(({ id }) => id).sort((a, b) => a - b);

const unavailable = new ResponseError('Unavailable', 'There are too few replicas.');
const timedOut = new ResponseError('ReadTimeout', 'It took too long.');

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('scan()', () => {
  it.each([
    ['the whole ring', [range(RING_START, RING_START)]],
    ['the whole ring from anywhere', [range(5n, 5n)]],
    ['ranges beyond the end of the ring', [range(10n ** 18n, -(10n ** 18n)), range(-(10n ** 18n), 10n ** 18n)]],
    ['ranges up to the last token', [range(RING_START, MAX), range(MAX, RING_START)]],
    ['ranges of one token', [range(RING_START, RING_START + 1n), range(RING_START + 1n, RING_START)]],
    ['what it plans itself', undefined],
  ])('has every row once: %s', async (_, ranges) => {
    for (const pageSize of [1, 7, 5_000]) {
      const pages = await scanned({ pageSize, ...(ranges && { ranges }) });
      expect(idsOf(pages)).toEqual(all);
    }
  });

  it('numbers the pages of each range, and says which is the last, where it ends', async () => {
    const [one, two] = [range(RING_START, 0n), range(0n, RING_START)];
    const pages = await scanned({ ranges: [one, two], pageSize: 20, concurrency: 1 });
    expect(pages.map(({ range: of, seq, lastOfRange }) => [of, seq, lastOfRange])).toEqual([
      [one, 0, false], [one, 1, false], [one, 2, true], [two, 0, false], [two, 1, false], [two, 2, true],
    ]); // prettier-ignore
    expect(pages.filter(({ lastOfRange }) => lastOfRange).map(({ upto }) => upto)).toEqual([0n, RING_START]);
  });

  it('reads a range behind what was read of the one before it: an empty page is the last, too', async () => {
    const pages = await scanned({ ranges: [range(3n, 4n)] });
    expect(pages).toMatchObject([{ rowCount: 0, lastOfRange: true, upto: 4n }]);
  });

  it('completes with no ranges; waits for ranges that do not come', async () => {
    expect(await scanned({ ranges: [] })).toEqual([]);
    const events: string[] = [];
    const waiting = scan(tokenTable({ rows }).session, 'ks.t', { ranges: NEVER });
    waiting.subscribe({ next: () => events.push('next'), complete: () => events.push('complete') }).unsubscribe();
    expect(events).toEqual([]);
  });

  it('begins a range, and fetches a page, when a page has been read', () => {
    const table = tokenTable({ rows });
    const pages: ScanPage[] = [];
    const ranges = [range(RING_START, 0n), range(0n, 10n ** 18n), range(10n ** 18n, RING_START)];
    scan(table.session, 'ks.t', { ranges, pageSize: 30, concurrency: 2 }).subscribe((page) => pages.push(page));
    expect([table.asked.length, pages.length]).toEqual([2, 2]);
    pages[1]!.skip();
    expect(table.asked.length).toBe(3);
    for (let next = 0; next < pages.length; next++) {
      pages[next]!.skip();
      expect(pages.filter((page) => !page.isDelivered).length).toBeLessThanOrEqual(2);
    }
    expect(pages.length).toBe(5);
  });

  it('asks for each range at the replicas of its end, with what may be asked again', async () => {
    const table = tokenTable({ rows });
    await lastValueFrom(scan(table.session, 'ks.t', { ranges: [range(1n, 2n)] }).pipe(tap((page) => page.skip())));
    expect(table.asked).toMatchObject([
      { start: 1n, end: 2n, options: { routingToken: 2n, idempotent: true, rows: 'object', pageSize: 5_000 } },
    ]);
  });

  it('follows a limiter, and tells it how requests went', async () => {
    const limit = new Subject<number>();
    const observe = vi.fn();
    const table = tokenTable({ rows });
    const ranges = [range(RING_START, 0n), range(0n, 10n ** 18n), range(10n ** 18n, RING_START)];
    scan(table.session, 'ks.t', { ranges, concurrency: { limit, observe } }).subscribe();
    expect(table.asked.length).toBe(0);
    limit.next(1);
    expect(table.asked.length).toBe(1);
    limit.next(3);
    expect(table.asked.length).toBe(3);
    expect(observe).toHaveBeenCalledWith(
      expect.objectContaining({ node: 'a:1', latency: expect.any(Number) as number }),
    );
    const broken = scan(table.session, 'ks.t', { concurrency: { limit: throwError(() => unavailable) } });
    expect(await failureOf(broken)).toBe(unavailable);
  });

  it('leaves what is in flight when it is left', () => {
    const left = vi.fn();
    const fetch = () => NEVER.pipe((source) => source).pipe(tap({ unsubscribe: left }));
    const table = tokenTable({ rows, fetch });
    scan(table.session, 'ks.t', { ranges: [range(0n, 0n), range(1n, 2n)] })
      .subscribe()
      .unsubscribe();
    expect(left).toHaveBeenCalledTimes(2);
  });

  it('has columns, and when cells were written', async () => {
    const columns = [
      ['id', 'int', 'partition_key', 0],
      ['At', 'timestamp', 'clustering', 0],
      ['s', 'text', 'static', -1],
      ['v', 'text', 'regular', -1],
      ['n', 'counter', 'regular', -1],
    ];
    const table = tokenTable({ columns });
    const of = (options: ScanOptions) =>
      lastValueFrom(scan(table.session, 'ks.t', { ...options, ranges: [range(0n, 0n)] }), { defaultValue: undefined });
    await of({});
    await of({ columns: ['id', 'v'], preserve: ['writetime', 'ttl'] });
    await of({ preserve: ['ttl'] });
    expect(table.asked.filter((_, i) => i % 2 === 0).map(({ cql }) => cql.split(' FROM ')[0])).toEqual([
      'SELECT id, "At", s, n, v',
      'SELECT id, v, writetime(v), ttl(v)',
      'SELECT id, "At", s, n, v, ttl(s), ttl(v)',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['ks.t', { concurrency: 0 }, '"concurrency" must be a whole number'],
    ['ks.t', { concurrency: {} }, 'a limiter with a "limit"'],
    ['ks.t', { columns: ['nothing'] }, 'names "nothing", which is none'],
    ['ks.t', { columns: [] }, 'names none'],
    ['ks.t', { preserve: ['age'] }, '"ttl" or "writetime"'],
    ['ks.t', { onRangeError: 'ignore' }, '"split" or "fail" or "collect"'],
    ['ks.t', { pagesize: 5 }, 'Did you mean "pageSize"?'],
    ['SELECT id FROM ks.t', { columns: ['id'] }, 'are for tables'],
    ['SELECT id FROM t', {}, 'since the session has no keyspace'],
    ['SELECT id FROM ks.t LIMIT 3', {}, 'LIMIT'],
  ])('errors for %s with %j', async (text, options, message) => {
    const failure = await failureOf(scan(tokenTable().session, text, options as ScanOptions));
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
    expect(failure.message).toContain(message);
  });

  it('errors for a table that is none', async () => {
    expect(await failureOf(scan(tokenTable().session, 'ks.other'))).toMatchObject({ code: 'ERR_RXCQL_NOT_IN_SCHEMA' });
  });

  it('errors with what its ranges fail with', async () => {
    const mine = new Error('mine');
    expect(await failureOf(scan(tokenTable({ rows }).session, 'ks.t', { ranges: throwError(() => mine) }))).toBe(mine);
  });
});

describe('scan() of what cannot be read', () => {
  const isIn = ({ start, end }: Asked, token: bigint): boolean =>
    (start === undefined || start < token) && (end === undefined || token <= end);

  /** Fails where a partition is read, some times. */
  const failing = (token: bigint, error: Error, times = Infinity): TokenTableOptions => {
    let left = times;
    return {
      rows,
      fetch: (asked, _, read) => (isIn(asked, token) && left-- > 0 ? throwError(() => error) : read()),
    };
  };

  it('asks again, twice, with fewer rows a page', async () => {
    const table = tokenTable(failing(5n, unavailable, 2));
    const pages = scan<TokenRow>(table.session, 'ks.t', { ranges: [range(0n, 10n ** 18n)], pageSize: 1_600 });
    await lastValueFrom(pages.pipe(tap((page) => page.skip())));
    expect(table.asked.map(({ options }) => options.pageSize)).toEqual([1_600, 400, 100]);
  });

  it('waits longer each time', () => {
    vi.mocked(Math.random).mockReturnValue(0.5);
    marbles(({ expectObservable }) => {
      const { session } = tokenTable(failing(5n, unavailable, 2));
      const pages = scan<TokenRow>(session, 'ks.t', { ranges: [range(0n, 10n ** 17n)] });
      expectObservable(pages.pipe(map((page) => page.toArray().map(({ id }) => id).join()))) // prettier-ignore
        .toBe('300ms (a|)', { a: '51' });
    });
  });

  it('goes on where it was, and has no row twice', async () => {
    let failures = 0;
    const fetch: TokenTableOptions['fetch'] = (_, page, read) =>
      page === 2 && failures++ === 0
        ? throwError(() => Object.assign(timedOut, { pagingState: Buffer.from('14') }))
        : read();
    const pages = await scanned({ ranges: [range(5n, 5n)], pageSize: 7 }, { rows, fetch });
    expect(idsOf(pages)).toEqual(all);
  });

  it('reads all else, then errors with what is missing', async () => {
    const ranges = [range(RING_START, 0n), range(0n, 10n ** 18n), range(10n ** 18n, RING_START)];
    const read: ScanPage<TokenRow>[] = [];
    const { session } = tokenTable(failing(5n, unavailable));
    const failure = await failureOf(
      scan<TokenRow>(session, 'ks.t', { ranges }).pipe(tap((page) => read.push(page) && page.skip())),
    );
    expect(failure).toBeInstanceOf(ScanError);
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_SCAN', cause: unavailable, ranges: [ranges[1]] });
    expect((failure as unknown as ScanError).ranges[0]).toBe(ranges[1]);
    expect(failure.message).toBe(
      'One range of ks.t could not be read; all others were. Read them again with the option "ranges" of scan(). ' +
        'The first failed with: There are too few replicas.',
    );
    const missing = await scanned({ ranges: (failure as unknown as ScanError).ranges });
    expect(idsOf([...read, ...missing])).toEqual(all);
  });

  it('halves what is too much, and reads the rest', async () => {
    const at = 3n * 10n ** 17n;
    const { session } = tokenTable(failing(at, timedOut));
    const read: ScanPage<TokenRow>[] = [];
    const whole = range(0n, 16n * 10n ** 17n);
    const failure = await failureOf(
      scan<TokenRow>(session, 'ks.t', { ranges: [whole] }).pipe(tap((page) => read.push(page) && page.skip())),
    );
    const { ranges } = failure as unknown as ScanError;
    expect(ranges).toMatchObject([
      { start: 2n * 10n ** 17n, end: 4n * 10n ** 17n, fraction: (2 / 2 ** 64) * 10 ** 17 },
    ]);
    expect(idsOf([...read, ...(await scanned({ ranges }))])).toEqual(idsOf(await scanned({ ranges: [whole] })));
    // What comes behind what is missing does not count as read up to there.
    expect(read.every(({ upto, lastOfRange }) => upto <= 2n * 10n ** 17n && !lastOfRange)).toBe(true);
  });

  it('is one range again if both halves fail', async () => {
    const fetch = () => throwError(() => timedOut);
    const whole = range(0n, 100n);
    const failure = await failureOf(scan(tokenTable({ rows, fetch }).session, 'ks.t', { ranges: [whole] }));
    expect(failure).toMatchObject({ ranges: [whole] });
  });

  it('collects: a page without rows stands for what is missing', async () => {
    const ranges = [range(RING_START, 0n), range(0n, RING_START)];
    const pages = await scanned({ ranges, onRangeError: 'collect' }, failing(5n, unavailable));
    const [missing, ...others] = pages.filter(({ error }) => error !== undefined);
    expect(others).toEqual([]);
    expect(missing).toMatchObject({ range: ranges[1], error: unavailable, rowCount: 0, lastOfRange: false });
    expect(idsOf(pages)).toEqual(idsOf(await scanned({ ranges: ranges.slice(0, 1) })));
  });

  it('fails at once, if it is to, with the error itself', async () => {
    const ranges = [range(0n, 10n ** 18n), range(10n ** 18n, RING_START)];
    const { session, asked } = tokenTable(failing(5n, unavailable));
    expect(await failureOf(scan(session, 'ks.t', { ranges, onRangeError: 'fail', concurrency: 1 }))).toBe(unavailable);
    expect(asked.length).toBe(3);
  });

  it.each([new ResponseError('Invalid', 'There is no such column.'), new SessionClosedError()])(
    'ends at once with what is the same for every range: %s',
    async (error) => {
      const { session, asked } = tokenTable(failing(5n, error));
      const ranges = [range(0n, 10n ** 18n), range(10n ** 18n, RING_START)];
      expect(await failureOf(scan(session, 'ks.t', { ranges, onRangeError: 'collect', concurrency: 1 }))).toBe(error);
      expect(asked.length).toBe(1);
    },
  );

  it('asks again no more than a fifth of what it asked, and a hundred times', async () => {
    const lost = new ConnectionError('a:1', 'It was lost.');
    const { session, asked } = tokenTable({ rows, fetch: () => throwError(() => lost) });
    const ranges = Array.from({ length: 1_000 }, (_, i) => range(BigInt(i), BigInt(i + 1)));
    const failure = await failureOf(scan(session, 'ks.t', { ranges }));
    expect((failure as unknown as ScanError).ranges.length).toBe(1_000);
    expect(asked.length).toBeGreaterThan(1_300);
    expect(asked.length).toBeLessThanOrEqual(1_375);
  });
});

describe('countRows()', () => {
  it('emits once how many rows there are, and where', async () => {
    const doubled = rows.flatMap((row) => [row, ...(row.id % 10 === 3 ? [row, row] : [])]);
    const { session } = tokenTable({ rows: doubled });
    const counts = await lastValueFrom(
      countRows(session, 'ks.t', { stats: ['ranges', 'nodes', 'partitions'], top: 2 }).pipe(toArray()),
    );
    expect(counts).toMatchObject([
      { total: doubled.length, partitions: [{ key: [expect.any(Number)], rows: 3 }, { rows: 3 }] },
    ]);
    expect(counts[0]!.nodes).toEqual(new Map([['a:1', doubled.length]]));
    expect(counts[0]!.ranges).toMatchObject([{ rows: doubled.length }]);
    expect(await lastValueFrom(countRows(session, 'ks.t'))).toEqual({ total: doubled.length });
  });

  it('counts an empty table, and errors rather than leave something out', async () => {
    expect(await lastValueFrom(countRows(tokenTable().session, 'ks.t', { stats: ['partitions'] }))).toEqual({
      total: 0,
      partitions: [],
    });
    const { session } = tokenTable({ rows, fetch: () => throwError(() => unavailable) });
    expect(await failureOf(countRows(session, 'ks.t'))).toBeInstanceOf(ScanError);
    expect((await failureOf(countRows(session, 'ks.t', { stats: ['row'] as never }))).message).toContain(
      'one of total',
    );
  });

  it('keeps the places full across ranges', async () => {
    const ranges = Array.from({ length: 50 }, (_, i) => range(BigInt(i), BigInt(i + 1)));
    const pages = scan({ ...tokenTable({ rows }).session }, 'ks.t', { ranges, concurrency: 3 });
    const read = pages.pipe(concatMap((page) => concat(page, of(page.range.id))), toArray()); // prettier-ignore
    expect((await lastValueFrom(read)).length).toBe(50);
  });
});

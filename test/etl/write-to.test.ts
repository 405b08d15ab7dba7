import {
  concatMap,
  defer,
  EMPTY,
  lastValueFrom,
  map,
  NEVER,
  type Observable,
  of,
  Subject,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import {
  BindError,
  ConfigurationError,
  ConnectionError,
  type Page,
  pages,
  pagesFrom,
  type Params,
  ResponseError,
  SessionClosedError,
  type Session,
} from 'rxcql';
import { adaptiveLimit, type Outcome, writeTo, type WriteOptions } from 'rxcql/etl';
import { marbles, page } from 'rxcql/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeKind } from '../../src/etl/write-kind.js';
import { failureOf } from '../support/served-session.js';
import { writeSession, type Written } from '../support/write-session.js';
import { range as rangeOf, scanPage } from './files/support.js';

const INSERT = 'INSERT INTO t (id) VALUES (?)';
const done = of(page([]) as unknown as Page);
const records = (count: number, size = 10) =>
  pagesFrom(Array.from({ length: count }, (_, i) => [i]), { pageSize: size }); // prettier-ignore
const overloaded = new ResponseError('Overloaded', 'There is too much to do.');

/** Remembers what is written, each after `write`. */
function recording(write: (records: Written) => Observable<Page> = () => done, parameters?: [string, string][]) {
  const asked: { records: Written; options: Readonly<Record<string, unknown>>; isBatch: boolean }[] = [];
  const session = writeSession((given, options, isBatch) => {
    asked.push({ records: given, options, isBatch });
    return write(given);
  }, parameters);
  return { session, asked };
}

const outcomes = (source: ReturnType<typeof records>, session: Session, options?: WriteOptions): Promise<Outcome[]> =>
  lastValueFrom(source.pipe(writeTo(session, INSERT, options), toArray()));

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('writeTo() of ranges that come from a queue', () => {
  const range = { ...rangeOf(0n, 5n), delivery: 'at-least-once' as const };
  const write = (cql: string, options?: WriteOptions) => {
    const { session, asked } = recording();
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- what takes pages takes those of a scan
    const written = of(scanPage(range, [[1]])).pipe(writeTo(session, cql, options), toArray());
    return { written, asked };
  };

  it('writes what may be written twice', async () => {
    expect(await lastValueFrom(write(INSERT).written)).toHaveLength(1);
    expect(await lastValueFrom(write('UPDATE t SET l = l + ?', { idempotent: true }).written)).toHaveLength(1);
  });

  it.each(['UPDATE t SET n = n + ? WHERE id = 1', 'INSERT INTO t (id) VALUES (?) IF NOT EXISTS'])(
    'refuses to write what must not be, before anything is sent: %s',
    async (cql) => {
      const { written, asked } = write(cql);
      const error = await failureOf(written);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain('may be done more than once');
      expect(asked).toEqual([]);
    },
  );
});

describe('writeTo()', () => {
  it('emits what became of each record', async () => {
    const { session, asked } = recording(([record]) =>
      (record as [number])[0] === 1 ? throwError(() => new BindError('It does not fit.')) : done,
    );
    expect(await outcomes(records(3), session)).toEqual([
      { kind: 'ok', record: [0], position: 0 },
      { kind: 'failed', record: [1], position: 1, error: new BindError('It does not fit.'), attempts: 0 },
      { kind: 'ok', record: [2], position: 2 },
    ]);
    expect(asked.map(({ options }) => options['idempotent'])).toEqual([true, true, true]);
  });

  it('completes with an empty source, waits with one that never ends', async () => {
    const { session } = recording();
    expect(await outcomes(EMPTY, session)).toEqual([]);
    const events: unknown[] = [];
    NEVER.pipe(writeTo(session, INSERT)).subscribe({
      next: (value) => events.push(value),
      complete: () => events.push(0),
    });
    expect(events).toEqual([]);
  });

  it('says that a condition was not met', async () => {
    const { session } = recording(() => of(Object.create(page([]), { wasApplied: { value: false } }) as Page));
    expect(await outcomes(records(1), session)).toEqual([{ kind: 'notApplied', record: [0], position: 0 }]);
  });

  it('asks for a page when all records of the one before have been begun', () => {
    const fetched: number[] = [];
    const source = pages<Params, number>((at = 0) => {
      fetched.push(at);
      return of({ rows: [[at], [at]], pagingState: at + 1 });
    });
    const writes: Subject<Page>[] = [];
    const session = writeSession(() => {
      const write = new Subject<Page>();
      writes.push(write);
      return write;
    });
    const left = source.pipe(writeTo(session, INSERT, { concurrency: 3 })).subscribe();
    expect([fetched.length, writes.length]).toEqual([3, 3]);
    for (const write of writes.slice(0, 2)) {
      write.next(page([]));
      write.complete();
    }
    expect([fetched.length, writes.length]).toEqual([4, 5]);
    left.unsubscribe();
    expect(writes.some(({ observed }) => observed)).toBe(false);
  });

  it('errors with the error of the source, of preparing, and where nothing more can be written', async () => {
    const { session } = recording();
    const mine = new Error('mine');
    expect(await failureOf(throwError(() => mine).pipe(writeTo(session, INSERT)))).toBe(mine);
    const unprepared = { prepare: () => throwError(() => mine) } as unknown as Session;
    expect(await failureOf(records(1).pipe(writeTo(unprepared, INSERT)))).toBe(mine);
    const closed = new SessionClosedError();
    const closing = recording(() => throwError(() => closed));
    expect(await failureOf(records(5).pipe(writeTo(closing.session, INSERT)))).toBe(closed);
    expect(closing.asked.length).toBe(1);
    expect((await failureOf(of(5 as unknown as Page).pipe(writeTo(session, INSERT)))).message).toContain(
      'writeTo takes the pages',
    );
  });

  it('tries again what may go well, after longer and longer pauses, and says how often', () => {
    vi.mocked(Math.random).mockReturnValue(0.5);
    marbles(({ expectObservable }) => {
      let failures = 0;
      const session = writeSession(() =>
        failures++ < 3 ? throwError(() => Object.assign(overloaded, { attempts: 1 })) : done,
      );
      const attempts = records(1).pipe(writeTo(session, INSERT), map((outcome) => outcome.attempts)); // prettier-ignore
      // 50 + 100 + 200 ms
      expectObservable(attempts).toBe('350ms (a|)', { a: 4 });
    });
  });

  it('tries again no more than a fifth, and a hundred', async () => {
    const { session, asked } = recording(() => throwError(() => overloaded));
    marbles(({ expectObservable }) => {
      const failed = records(1_000).pipe(writeTo(session, INSERT), toArray(), map((all) => all.filter(({ kind }) => kind === 'failed').length)); // prettier-ignore
      expectObservable(failed).toBe('(a|)', { a: 1_000 });
    }, { maxTime: 1_000 }); // prettier-ignore
    await Promise.resolve();
    // What the first brings in does not fit into a budget that is full.
    expect(asked.length).toBe(1_000 + 100 + 200 - 1);
  });

  it('does not send twice what does harm then', async () => {
    const lost = new ConnectionError('a:1', 'It was lost.');
    const { session, asked } = recording(() => throwError(() => lost), [['id', 'int'], ['n', 'counter']]); // prettier-ignore
    expect(await outcomes(records(2), session)).toMatchObject([{ kind: 'failed' }, { kind: 'failed' }]);
    expect(asked.length).toBe(2);
    await outcomes(records(1), session, { idempotent: true });
    expect(asked.length).toBe(2 + 10);
    await outcomes(records(1), session, { retry: ({ attempt }) => (attempt < 3 ? 'same' : 'throw') });
    expect(asked.length).toBe(2 + 10 + 3);
    const policy = () => expect.fail('a policy');
    expect(await outcomes(records(1), session, { retry: policy })).toMatchObject([{ error: lost }]);
  });

  it('writes records of one partition together, and one that is alone without a batch', async () => {
    const { session, asked } = recording();
    const source = pagesFrom([[1, 'a'], [2, 'b'], [1, 'c'], [null, 'd'], [3, 'x'.repeat(6_000)]], { pageSize: 5 }); // prettier-ignore
    const written = await lastValueFrom(source.pipe(writeTo(session, INSERT, { batch: 'partition' }), toArray()));
    expect(asked.map(({ records: given, isBatch }) => [given.length, isBatch])).toEqual([
      [1, false], [2, true], [1, false], [1, false],
    ]); // prettier-ignore
    expect(asked[1]!.options['type']).toBe('unlogged');
    expect(written.map(({ position }) => position).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('writes the records of a batch one by one if one of them does not fit', async () => {
    const { session, asked } = recording((given) =>
      given.some((record) => (record as unknown[])[1] === 'bad') ? throwError(() => new BindError('No.')) : done,
    );
    const source = pagesFrom([[1, 'a'], [1, 'bad'], [1, 'c']], { pageSize: 3 }); // prettier-ignore
    const written = await lastValueFrom(source.pipe(writeTo(session, INSERT, { batch: 'partition' }), toArray()));
    expect(written.map(({ kind }) => kind)).toEqual(['ok', 'failed', 'ok']);
    expect(asked.map(({ isBatch }) => isBatch)).toEqual([true, false, false, false]);
  });

  it('keeps to a rate', () => {
    marbles(({ expectObservable }) => {
      const session = writeSession(() => done);
      const written = records(3).pipe(writeTo(session, INSERT, { rate: 100 }), map(({ position }) => String(position as number))); // prettier-ignore
      expectObservable(written).toBe('0 9ms 1 9ms (2|)');
    });
  });

  it('follows a limiter and tells it how requests went', async () => {
    const limit = new Subject<number>();
    const observe = vi.fn();
    const { session, asked } = recording(() => NEVER);
    records(10).pipe(writeTo(session, INSERT, { concurrency: { limit, observe } })).subscribe(); // prettier-ignore
    limit.next(2);
    expect(asked.length).toBe(2);
    limit.next(5);
    expect(asked.length).toBe(5);
    const failing = recording(() => throwError(() => new BindError('No.')));
    await outcomes(records(1), failing.session, { concurrency: { limit: of(1), observe } });
    expect(observe).toHaveBeenCalledWith({ latency: expect.any(Number) as number, error: new BindError('No.') });
  });

  it('takes 100,000 records that are written at once, on a flat stack', async () => {
    const { session } = recording();
    const all = records(100_000, 1_000).pipe(writeTo(session, INSERT));
    expect((await lastValueFrom(all.pipe(toArray()))).length).toBe(100_000);
  });

  it.each<[WriteOptions, string]>([
    [{ concurrency: 0 }, '"concurrency" must be a whole number'],
    [{ batch: 'all' as never }, '"partition" or "none"'],
    [{ rate: 0 }, '"rate" must be a number of records a second'],
    [{ consistency: 'MOST' as never }, '"consistency" must be one of'],
    [{ retries: 5 } as never, 'no option "retries"'],
  ])('errors for %j', async (options, message) => {
    const failure = await failureOf(records(1).pipe(writeTo(recording().session, INSERT, options)));
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
    expect(failure.message).toContain(message);
  });

  it('errors for a statement that has its values', async () => {
    const bound = { cql: INSERT, params: [1] };
    expect((await failureOf(records(1).pipe(writeTo(recording().session, bound)))).message).toContain(
      'those of the records',
    );
  });
});

describe('what a statement does', () => {
  it.each([
    [INSERT, true],
    ['INSERT INTO t (id, v) VALUES (?, :v) USING TTL :ttl AND TIMESTAMP :writetime', true],
    ['UPDATE t SET v = ? WHERE id = ?', true],
    ["UPDATE t SET v = 'a + b' WHERE id = ?", true],
    ['DELETE FROM t WHERE id = ?', true],
    ['INSERT INTO t (id) VALUES (?) IF NOT EXISTS', false],
    ['UPDATE t SET v = ? WHERE id = ? IF v = ?', false],
    ['UPDATE t SET n = n + ? WHERE id = ?', false],
    ['UPDATE t SET l += ? WHERE id = ?', false],
    ['UPDATE t SET l = ? + l WHERE id = ?', false],
    ['UPDATE t SET l[0] = ? WHERE id = ?', false],
    ['DELETE l[0] FROM t WHERE id = ?', false],
    ['INSERT INTO t (id) VALUES (now())', false],
    ['INSERT INTO t (id) VALUES (uuid())', false],
    ['SELECT v FROM t', false],
  ])('%s may be sent twice: %s', (cql, expected) => expect(writeKind(cql, false).isIdempotent).toBe(expected));
});

describe('adaptiveLimit()', () => {
  const limits = (of: ReturnType<typeof adaptiveLimit>): number[] => {
    const seen: number[] = [];
    of.limit.subscribe((limit) => seen.push(limit));
    return seen;
  };

  it('goes up while answers come as fast as ever, to its maximum', () => {
    const limiter = adaptiveLimit({ initial: 4, max: 10 });
    const seen = limits(limiter);
    for (let i = 0; i < 40; i++) limiter.observe!({ latency: 10, node: 'a' });
    expect(seen).toEqual([4, 6, 8, 10]);
  });

  it('goes down when they come more slowly, and does not mistake a node that is far away for one that is busy', () => {
    const limiter = adaptiveLimit({ initial: 64 });
    const seen = limits(limiter);
    for (let i = 0; i < 64; i++)
      limiter.observe!({ latency: i % 2 === 0 ? 5 : 100, node: i % 2 === 0 ? 'near' : 'far' });
    expect(seen.at(-1)).toBe(72);
    for (let i = 0; i < 500; i++) limiter.observe!({ latency: 50, node: 'near' });
    expect(seen.at(-1)).toBeLessThan(32);
  });

  it('is halved by what is too much, once for a round trip, and by nothing else', () => {
    vi.useFakeTimers({ now: 0 });
    try {
      const limiter = adaptiveLimit({ initial: 64, min: 10 });
      const seen = limits(limiter);
      limiter.observe!({ latency: 20 });
      for (let i = 0; i < 30; i++) limiter.observe!({ latency: 20, error: overloaded });
      expect(seen).toEqual([64, 32]);
      vi.setSystemTime(20);
      limiter.observe!({ latency: 20, error: new BindError('No.') });
      expect(seen).toEqual([64, 32]);
      limiter.observe!({ latency: 20, error: overloaded });
      vi.setSystemTime(40);
      limiter.observe!({ latency: 20, error: overloaded });
      expect(seen).toEqual([64, 32, 16, 10]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells those who come later what it is now, and errors for options that are wrong', async () => {
    expect(limits(adaptiveLimit())).toEqual([16]);
    expect(limits(adaptiveLimit({ min: 20 }))).toEqual([20]);
    expect((await failureOf(adaptiveLimit({ min: 0 }).limit)).message).toContain('"min" must be a whole number');
  });

  it('lets writing go on after a storm', async () => {
    let storm = 40;
    const session = writeSession(() =>
      defer(() => (storm-- > 0 ? throwError(() => overloaded) : timer(0).pipe(concatMap(() => done)))),
    );
    const written = await outcomes(records(500), session, { concurrency: adaptiveLimit({ initial: 32 }) });
    expect(written.length).toBe(500);
    expect(written.filter(({ kind }) => kind !== 'ok')).toEqual([]);
  });
});

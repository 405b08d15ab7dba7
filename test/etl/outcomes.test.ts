import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  concat,
  concatAll,
  EMPTY,
  from,
  lastValueFrom,
  map,
  type MonoTypeOperatorFunction,
  NEVER,
  of,
  range,
  Subject,
  take,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import { BindError } from 'rxcql';
import { deadLetter, errorThreshold, groupBatch, type Outcome, progress, type ProgressOptions } from 'rxcql/etl';
import { marbles } from 'rxcql/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/served-session.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-etl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ok: Outcome = { kind: 'ok', record: 1, position: 0 };
const error = new BindError('It does not fit.');
const bad: Outcome = { kind: 'failed', record: { id: 5n, at: new Date(0) }, position: { line: 7 }, error, attempts: 0 };
const mine = new Error('mine');

describe('groupBatch()', () => {
  const grouped = (text: string, options: Partial<Parameters<typeof groupBatch<string>>[0]> = {}) =>
    lastValueFrom(
      from(text).pipe(groupBatch({ key: (letter) => letter.toLowerCase(), size: () => 10, ...options }), map((group) => group.join('')), toArray()),
    ); // prettier-ignore

  it('gathers what has the same key, and emits what is full, and the rest at the end', async () => {
    expect(await grouped('')).toEqual([]);
    expect(await grouped('a')).toEqual(['a']);
    expect(await grouped('abABa', { maxItems: 2 })).toEqual(['aA', 'bB', 'a']);
  });

  it('is never larger than allowed, but for what is so by itself', async () => {
    expect(await grouped('aAabB', { maxBytes: 25 })).toEqual(['aA', 'a', 'bB']);
    expect(await grouped('aaa', { maxBytes: 5 })).toEqual(['a', 'a', 'a']);
  });

  it('emits the oldest group where there would be too many', async () => {
    expect(await grouped('abcA', { maxOpen: 2 })).toEqual(['a', 'b', 'c', 'A']);
  });

  it('estimates what a record is on the wire', async () => {
    const rows = [{ id: 1, v: 'x'.repeat(3_000) }, { id: 1, v: null }, { id: 1, v: new Uint8Array(3_000) }]; // prettier-ignore
    const groups = await lastValueFrom(from(rows).pipe(groupBatch({ key: ({ id }) => id }), toArray()));
    expect(groups.map(({ length }) => length)).toEqual([2, 1]);
  });

  it('errors with the error of the source and of its functions, waits for a source that never ends, and leaves it', async () => {
    const fails = () => {
      throw mine;
    };
    expect(await failureOf(throwError(() => mine).pipe(groupBatch<unknown>({ key: String })))).toBe(mine);
    expect(await failureOf(of(1).pipe(groupBatch<unknown>({ key: fails })))).toBe(mine);
    expect(await failureOf(of(1).pipe(groupBatch<unknown>({ key: String, size: fails })))).toBe(mine);
    const source = new Subject<number>();
    source
      .pipe(groupBatch<unknown>({ key: String }))
      .subscribe()
      .unsubscribe();
    expect(source.observed).toBe(false);
    NEVER.pipe(groupBatch<unknown>({ key: String })).subscribe(() => expect.fail('It came.')).unsubscribe(); // prettier-ignore
  });

  it.each([{}, { key: 5 }, { key: String, maxItems: 0 }, { key: String, most: 5 }, undefined])(
    'errors for %j',
    async (options) => {
      expect(await failureOf(of(1).pipe(groupBatch(options as never)))).toMatchObject({
        code: 'ERR_RXCQL_CONFIGURATION',
      });
    },
  );
});

it.each<[string, MonoTypeOperatorFunction<Outcome>]>([
  ['errorThreshold() that has had enough', errorThreshold({ max: 2 })],
  ['errorThreshold() that is left', (source) => source.pipe(errorThreshold({ max: 1_000 }), take(3))],
  [
    'groupBatch() that is left',
    (source) => source.pipe(groupBatch({ key: () => 1, maxItems: 1 }), concatAll(), take(3)),
  ],
])('%s reads no more of a source that emits at once', (_, operator) => {
  let emitted = 0;
  const source = range(0, 1_000).pipe(map(() => (emitted++, bad)));
  source.pipe(operator).subscribe({ error: () => undefined });
  expect(emitted).toBeLessThanOrEqual(4);
});

describe('errorThreshold()', () => {
  const ends = async (outcomes: Outcome[], max: number | `${number}%`): Promise<number | string> => {
    let seen = 0;
    const passed = from(outcomes).pipe(errorThreshold({ max }), map(() => seen++)); // prettier-ignore
    return lastValueFrom(passed, { defaultValue: 0 }).then(
      () => seen,
      (failure: unknown) => `${seen}: ${(failure as Error).message}`,
    );
  };
  const many = (count: number, failed: number): Outcome[] =>
    Array.from({ length: count }, (_, i) => (i < failed ? bad : ok));

  it('passes all on, and ends when there are too many failures', async () => {
    expect(await ends([], 0)).toBe(0);
    expect(await ends([ok, bad, bad, ok], 2)).toBe(4);
    expect(await ends([ok, bad, bad, ok], 1)).toBe('3: 2 of 3 records have failed, which is more than the 1 that may.');
    expect(await ends([bad], 0)).toContain('1: 1 of 1');
  });

  it('takes a share of the first hundred for nothing, unless there are no more', async () => {
    expect(await ends(many(1_000, 50), '5%')).toBe(
      `100: 50 of 100 records have failed, which is more than the 5% that may.`,
    );
    expect(await ends(many(99, 50), '5%')).toContain('99: 50 of 99');
    expect(await ends(many(1_000, 5), '5%')).toBe(1_000);
    expect(await ends([bad], '100%')).toBe(1);
  });

  it('has the last failure as its cause, and passes the error of the source on', async () => {
    expect(await failureOf(of(bad).pipe(errorThreshold({ max: 0 })))).toMatchObject({
      code: 'ERR_RXCQL_TOO_MANY_FAILURES',
      cause: error,
    });
    expect(await failureOf(throwError(() => mine).pipe(errorThreshold({ max: 0 })))).toBe(mine);
  });

  it.each([-1, 1.5, '5', '101%', 'x%', undefined])('errors for %j', async (max) => {
    expect(await failureOf(of(ok).pipe(errorThreshold({ max: max as never })))).toMatchObject({
      code: 'ERR_RXCQL_CONFIGURATION',
    });
  });
});

describe('deadLetter()', () => {
  it('writes a line for what has failed, adds to what is there, and passes all on', async () => {
    const path = join(folder, 'dead.ndjson');
    const passed = await lastValueFrom(from([ok, bad, ok]).pipe(deadLetter(path), toArray()));
    expect(passed).toEqual([ok, bad, ok]);
    await lastValueFrom(of({ ...bad, record: [new Map([[1, 2n]]), '\n'] } as Outcome).pipe(deadLetter(path)));
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        position: { line: 7 },
        code: 'ERR_RXCQL_BIND',
        error: 'It does not fit.',
        attempts: 0,
        record: { id: '5', at: '1970-01-01T00:00:00.000Z' },
      },
      expect.objectContaining({ record: ['Map(1) { 1 => 2n }', '\n'] }),
    ]);
  });

  it('makes no file for nothing, and errors where it cannot write', async () => {
    const none = join(folder, 'none', 'dead.ndjson');
    expect(await lastValueFrom(of(ok).pipe(deadLetter(none)))).toBe(ok);
    expect(await failureOf(of(bad).pipe(deadLetter(none)))).toMatchObject({ code: 'ENOENT' });
  });

  it('waits for a sink of your own, and keeps the order', () => {
    marbles(({ expectObservable }) => {
      const source = of(ok, bad, ok).pipe(deadLetter(() => timer(3)), map(({ kind }) => kind)); // prettier-ignore
      expectObservable(source).toBe('a--(ba|)', { a: 'ok', b: 'failed' });
    });
  });

  it('errors with what the sink fails with, and takes nothing for done', async () => {
    expect(await failureOf(of(bad).pipe(deadLetter(() => throwError(() => mine))))).toBe(mine);
    expect(await lastValueFrom(of(bad).pipe(deadLetter(() => undefined)))).toBe(bad);
    expect(await lastValueFrom(EMPTY.pipe(deadLetter(() => undefined)), { defaultValue: 0 })).toBe(0);
  });
});

describe('progress()', () => {
  const every = (options: ProgressOptions, of: (index: number) => Outcome): unknown[] => {
    const seen: unknown[] = [];
    marbles(({ expectObservable }) => {
      const source = timer(0, 100).pipe(map(of));
      const result = source.pipe((outcomes) => concat(outcomes), progress({ every: 1_000, ...options }), map((now) => seen.push(now))); // prettier-ignore
      expectObservable(result, '^ 2500ms !').toBe('1s a 999ms b', { a: 1, b: 2 });
    }); // prettier-ignore
    return seen;
  };

  it('tells how far it is, how fast, and how long it will take', () => {
    const seen = every({ total: 40 }, (index) => (index % 5 === 0 ? bad : { ...ok, latency: 8, attempts: 3 }));
    expect(seen[0]).toMatchObject({ rows: 10, rowsPerSecond: 10, fraction: 0.25, eta: 3_000, errors: 2, retries: 16 });
    expect(seen[1]).toMatchObject({ rows: 20, meanRowsPerSecond: 10, fraction: 0.5, eta: 2_000, inFlight: 0 });
    expect((seen[1] as { p99: number }).p99).toBeCloseTo(8, 0);
  });

  it('goes by the ring, or by bytes, or does not know', () => {
    const place = (index: number) => ({ range: index % 2, seq: 0, row: 0, reached: index / 100 });
    expect(every({ total: 'ring' }, (index) => ({ ...ok, position: place(index) }))).toMatchObject([
      { fraction: expect.closeTo(0.17) as number },
      { fraction: expect.closeTo(0.37) as number },
    ]);
    const line = (index: number) => ({ line: index, offset: index * 10, size: 900 });
    expect(every({ total: 'bytes' }, (index) => ({ ...ok, position: line(index) }))).toMatchObject([
      { fraction: 0.1, bytes: 90 },
      { bytes: 190 },
    ]);
    expect(every({}, () => ok)).toMatchObject([{ fraction: undefined, eta: undefined }, { rows: 20 }]);
  });

  it('tells once more at the end, of nothing too, and has the limit of a limiter', async () => {
    const limiter = { limit: of(7) };
    expect(await lastValueFrom(EMPTY.pipe(progress({ total: 5, limiter }), toArray()))).toMatchObject([
      { rows: 0, fraction: 1, inFlight: 7 },
    ]);
    expect(await failureOf(throwError(() => mine).pipe(progress()))).toBe(mine);
    expect(await failureOf(NEVER.pipe(progress({ limiter: { limit: throwError(() => mine) } })))).toBe(mine);
    expect((await failureOf(EMPTY.pipe(progress({ total: 'rows' as never })))).message).toContain('"ring" or "bytes"');
  });
});

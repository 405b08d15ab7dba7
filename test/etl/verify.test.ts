import { defer, lastValueFrom, NEVER, Subject, switchMap, tap, throwError, timer, toArray } from 'rxjs';
import { ConfigurationError, type Page, ResponseError, SessionClosedError, type Session } from 'rxcql';
import { type Diff, type TokenRange, verify, type VerifyOptions } from 'rxcql/etl';
import { marbles } from 'rxcql/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Cell, cellPage, cellTable, type CellTableOptions, inOrder } from '../support/cell-table.js';
import { failureOf } from '../support/served-session.js';

const START = -(2n ** 63n);
const ring: TokenRange[] = [{ id: 'all', start: START, end: START, replicas: [], fraction: 1 }];
const rows = (count: number): Cell[] => Array.from({ length: count }, (_, c) => [c % 7, c, `row ${c}`]);
const verified = (source: Session, target: Session, options: VerifyOptions = {}) =>
  verify({ session: source, table: 'ks.t' }, { session: target, table: 'ks.t' }, { ranges: ring, ...options });
const diffs = (source: readonly Cell[], target: readonly Cell[], options?: VerifyOptions): Promise<Diff[]> =>
  lastValueFrom(
    verified(cellTable({ rows: source }).session, cellTable({ rows: target }).session, options).pipe(toArray()),
  );

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('verify()', () => {
  it.each([1, 7, 5_000])('emits each difference in the order of the rows, with pages of %i', async (pageSize) => {
    const all = inOrder(rows(50));
    const target = all
      .filter((_, i) => i % 10 !== 3)
      .map((row, i): Cell => (i % 11 === 4 ? [row[0], row[1], null] : row));
    const extra: Cell = [100, 1, 'x'];
    const found = await diffs(all, [...target, extra], { pageSize });
    expect(found.filter(({ kind }) => kind === 'missing').map(({ key }) => key['c'] as number)).toEqual(
      all.filter((_, i) => i % 10 === 3).map(([, c]) => c),
    );
    expect(found.filter(({ kind }) => kind === 'different')).toEqual(
      target.filter(([, , v]) => v === null).map(([k, c]) => ({ kind: 'different', key: { k, c }, columns: ['v'] })),
    );
    expect(found.filter(({ kind }) => kind === 'extra')).toEqual([{ kind: 'extra', key: { k: 100, c: 1 } }]);
  });

  it('completes with tables without rows, or without differences', async () => {
    expect(await diffs([], [])).toEqual([]);
    expect(await diffs(rows(100), rows(100), { pageSize: 3 })).toEqual([]);
    const planned = verify(
      { session: cellTable({ rows: rows(9) }).session, table: 'ks.t' },
      { session: cellTable({ rows: rows(8) }).session, table: 'ks.t' },
    );
    expect(await lastValueFrom(planned.pipe(toArray()))).toMatchObject([{ kind: 'missing', key: { c: 8 } }]);
  });

  it('reads no more of one side than the other has come to', () => {
    const source = cellTable({ rows: rows(700), fetch: (page, read) => (page < 3 ? read() : NEVER) });
    const target = cellTable({ rows: rows(700) });
    const left = verified(source.session, target.session, { pageSize: 10 }).subscribe();
    expect([source.fetches(), target.fetches()]).toEqual([4, 4]);
    left.unsubscribe();
  });

  it('errors with what a page fails with in the end, of either side, and leaves the other', () => {
    const refused = new ResponseError('Unauthorized', 'It may not be read.');
    for (const isSource of [true, false]) {
      const left = vi.fn();
      const failing = cellTable({ fetch: () => timer(5).pipe(switchMap(() => throwError(() => refused))) });
      const waiting = cellTable({ fetch: () => NEVER.pipe(tap({ unsubscribe: left })) });
      marbles(({ expectObservable }) => {
        const [source, target] = isSource ? [failing, waiting] : [waiting, failing];
        expectObservable(verified(source.session, target.session)).toBe('-----#', {}, refused);
      });
      expect(left).toHaveBeenCalledTimes(1);
    }
  });

  it('tries again what may go well the next time', async () => {
    let failures = 2;
    const busy = new ResponseError('Overloaded', 'There is too much to do.');
    const fetch: CellTableOptions['fetch'] = (_, read) =>
      defer(() => (failures-- > 0 ? throwError(() => busy) : read()));
    const source = cellTable({ rows: rows(20), fetch });
    const found = verified(source.session, cellTable({ rows: rows(19) }).session).pipe(toArray());
    expect(await lastValueFrom(found)).toMatchObject([{ kind: 'missing' }]);
  });

  it('leaves both sides when it is left', () => {
    const left = vi.fn();
    const fetch = () => NEVER.pipe(tap({ unsubscribe: left }));
    const subscription = verified(cellTable({ fetch }).session, cellTable({ fetch }).session).subscribe();
    expect(left).not.toHaveBeenCalled();
    subscription.unsubscribe();
    expect(left).toHaveBeenCalledTimes(2);
  });

  it('emits a difference when it has been repaired, and waits for repairs before it reads on', () => {
    const writes: { values: readonly unknown[]; done: Subject<Page> }[] = [];
    const source = cellTable({ rows: rows(100) });
    const target = cellTable({
      rows: [],
      write: (values) => {
        const done = new Subject<Page>();
        writes.push({ values, done });
        return done;
      },
    });
    const found: Diff[] = [];
    let isComplete = false;
    verified(source.session, target.session, { repair: true, pageSize: 5 }).subscribe({
      next: (diff) => found.push(diff),
      complete: () => (isComplete = true),
    });
    expect([found.length, writes.length, source.fetches()]).toEqual([0, 16, 4]);
    for (const { done } of writes) {
      done.next(cellPage([]));
      done.complete();
    }
    expect([found.length, writes.length, isComplete]).toEqual([100, 100, true]);
    expect(writes.map(({ values }) => values).sort((a, b) => (a[1] as number) - (b[1] as number))).toEqual(rows(100));
  });

  it('repairs a row by what differs in it, null too', async () => {
    const written: (readonly unknown[])[] = [];
    const write = (values: readonly unknown[]) => {
      written.push(values);
      return defer(() => [cellPage([])]);
    };
    const source = cellTable({ rows: [[1, 1, null], [1, 2, 'a'], [1, 3, null]] }); // prettier-ignore
    const target = cellTable({ rows: [[1, 1, 'x'], [1, 2, 'x']], write }); // prettier-ignore
    await lastValueFrom(verified(source.session, target.session, { repair: true }).pipe(toArray()));
    expect(written).toEqual([[1, 1, null], [1, 2, 'a'], [1, 3, undefined]]); // prettier-ignore
  });

  it('ends with what a repair fails with', async () => {
    const closed = new SessionClosedError();
    const target = cellTable({ write: () => throwError(() => closed) });
    expect(await failureOf(verified(cellTable({ rows: rows(3) }).session, target.session, { repair: true }))).toBe(
      closed,
    );
  });

  it('refuses options that there are not, and what is no table', async () => {
    const { session } = cellTable();
    const failure = await failureOf(verified(session, session, { repairs: true } as never));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain('Did you mean "repair"?');
    const source = verify({ session } as never, { session, table: 'ks.t' });
    expect((await failureOf(source)).message).toMatch(/^The source of verify\(\) must be a table/);
  });
});

import { lastValueFrom, map, NEVER, of, Subject, throwError, toArray } from 'rxjs';
import { type Page, ResponseError, type Row, SessionClosedError } from 'rxcql';
import { type CheckpointRecord, type CheckpointStore, copy, type CopyOptions, type Outcome, type TokenRange } from 'rxcql/etl'; // prettier-ignore
import { marbles } from 'rxcql/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Cell, cellPage, cellTable, type CellTableOptions } from '../support/cell-table.js';
import { failureOf } from '../support/served-session.js';

const START = -(2n ** 63n);
const ranges: TokenRange[] = [
  { id: 'a', start: START, end: 0n, replicas: [], fraction: 0.5 },
  { id: 'b', start: 0n, end: START, replicas: [], fraction: 0.5 },
];
const rows = (count: number): Cell[] =>
  Array.from({ length: count }, (_, c) => [c, c, c % 2 === 0 ? `row ${c}` : null]);
const wasWritten = of(cellPage([]));
const refused = new ResponseError('Invalid', 'It cannot be.');

/** Copies between two tables that do as they are told. */
function copying(source: CellTableOptions, target: CellTableOptions, options: CopyOptions = {}) {
  const from = cellTable(source);
  const outcomes = copy({ session: from.session, table: 'ks.t' }, { session: cellTable(target).session, table: 'ks.t' }, { ranges, ...options }); // prettier-ignore
  return { outcomes, fetches: from.fetches };
}

const all = (...args: Parameters<typeof copying>): Promise<Outcome[]> =>
  lastValueFrom(copying(...args).outcomes.pipe(toArray()));

function memory(): CheckpointStore & { readonly records: CheckpointRecord[]; readonly closed: () => number } {
  const records: CheckpointRecord[] = [];
  let closed = 0;
  return {
    records,
    closed: () => closed,
    read: () => ({ header: undefined, records: [...records] }),
    rewrite: (_, kept) => void records.splice(0, records.length, ...kept),
    append: (more) => void records.push(...more),
    close: () => {
      closed++;
    },
  };
}

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('copy()', () => {
  it('writes each row once, and leaves what is null as it is', async () => {
    const written: (readonly unknown[])[] = [];
    const write = (values: readonly unknown[]) => (written.push(values), wasWritten);
    const outcomes = await all({ rows: rows(100) }, { write }, { pageSize: 7 });
    expect(outcomes.every(({ kind }) => kind === 'ok')).toBe(true);
    expect(written.sort((a, b) => (a[0] as number) - (b[0] as number))).toEqual(
      rows(100).map(([k, c, v]) => [k, c, v ?? undefined]),
    );
    expect(await all({}, {})).toEqual([]);
  });

  it('emits failures as outcomes, with the place of the row, and goes on', async () => {
    const write = ([k]: readonly unknown[]) => (k === 5 ? throwError(() => refused) : wasWritten);
    const outcomes = await all({ rows: rows(10) }, { write });
    const [failed, ...others] = outcomes.filter(({ kind }) => kind === 'failed');
    expect(failed).toMatchObject({ record: { k: 5, c: 5, v: null }, error: refused });
    expect(failed!.position).toMatchObject({ range: expect.stringMatching(/^[ab]$/) as string, seq: 0 });
    expect([others.length, outcomes.length]).toEqual([0, 10]);
  });

  it('errors where nothing more can be written, and with what a function throws', async () => {
    const closed = new SessionClosedError();
    expect(await failureOf(copying({ rows: rows(10) }, { write: () => throwError(() => closed) }).outcomes)).toBe(
      closed,
    );
    const mine = new Error('mine');
    const project = (): Row => {
      throw mine;
    };
    expect(await failureOf(copying({ rows: rows(1) }, {}, { project }).outcomes)).toBe(mine);
  });

  it('reads no further ahead than what is being written', () => {
    const writes: Subject<Page>[] = [];
    const write = () => {
      const done = new Subject<Page>();
      writes.push(done);
      return done;
    };
    const { outcomes, fetches } = copying({ rows: rows(1_000) }, { write }, { pageSize: 10, concurrency: 4 });
    const subscription = outcomes.subscribe();
    // The page that is written, the one behind it, and that of the other range.
    expect([writes.length, fetches()]).toEqual([4, 3]);
    for (const done of writes.slice(0, 8)) {
      done.next(cellPage([]));
      done.complete();
    }
    expect(writes.length).toBe(8);
    subscription.unsubscribe();
    expect(writes.some(({ observed }) => observed)).toBe(false);
  });

  it('keeps to a rate', () => {
    marbles(({ expectObservable }) => {
      const { outcomes } = copying({ rows: rows(3) }, {}, { rate: 100, ranges: [{ ...ranges[0]!, end: START }] });
      expectObservable(outcomes.pipe(map(({ kind }) => kind))).toBe('a 9ms a 9ms (a|)', { a: 'ok' });
    });
  });

  it('notes ranges that have been written, those without rows and without records too', async () => {
    const store = memory();
    expect(await all({}, {}, { checkpoint: store })).toEqual([]);
    expect(store.records.map(({ upto }) => upto).sort()).toEqual([String(START), '0'].sort());
    expect(store.closed()).toBe(1);
    const other = memory();
    await all({ rows: rows(100) }, {}, { checkpoint: other, project: () => null, pageSize: 9 });
    expect(other.records.length).toBe(2);
    expect(await all({ rows: rows(100) }, {}, { checkpoint: other })).toEqual([]);
  });

  it('notes nothing behind a row that has not been written', async () => {
    const store = memory();
    const write = ([k]: readonly unknown[]) => (k === 50 ? throwError(() => refused) : wasWritten);
    const outcomes = await all({ rows: rows(200) }, { write }, { checkpoint: store, pageSize: 5 });
    expect(outcomes.length).toBe(200);
    const again = await all({ rows: rows(200) }, {}, { checkpoint: store, pageSize: 5 });
    expect(again.map(({ record }) => (record as Row)['k'] as number)).toContain(50);
    expect(again.length).toBeLessThan(120);
    expect(await all({ rows: rows(200) }, {}, { checkpoint: store })).toEqual([]);
  });

  it('notes what has been written when it is left, and closes the store', () => {
    const store = memory();
    let writes = 0;
    const write = () => (writes++ < 100 ? wasWritten : NEVER);
    const { outcomes } = copying({ rows: rows(200) }, { write }, { checkpoint: store, pageSize: 10, concurrency: 8 });
    const subscription = outcomes.subscribe();
    expect(store.closed()).toBe(0);
    subscription.unsubscribe();
    expect(store.records.length).toBeGreaterThan(0);
    expect(store.closed()).toBe(1);
  });

  it('refuses options that there are not, or that make no sense', async () => {
    const failed = async (options: object): Promise<string> =>
      (await failureOf(copying({}, {}, options).outcomes)).message;
    expect(await failed({ preserved: [] })).toContain('Did you mean "preserve"?');
    expect(await failed({ preserve: ['time'] })).toContain('"preserve"');
    expect(await failed({ rate: 0 })).toContain('"rate"');
    expect(await failed({ project: 1 })).toContain('"project"');
    expect(await failed({ columns: ['k', 'c', 'x'] })).toContain('it has no "x"');
  });
});

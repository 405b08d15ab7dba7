import { Queue } from 'bullmq';
import { concat, defer, EMPTY, finalize, from, lastValueFrom, map, NEVER, type Observable, of, tap, throwError, timer, toArray } from 'rxjs'; // prettier-ignore
import { ConfigurationError, CqlError } from 'rxcql';
import {
  addRanges,
  processRanges,
  type ProcessRangesOptions,
  type QueueProgress,
  queueProgress,
  type RangeOutcome,
  type RangeQueue,
  type RangeResult,
  RangesError,
  removeRanges,
  retryRanges,
} from 'rxcql/etl/bullmq';
import type { TokenRange } from 'rxcql/etl';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RING_START } from '../../src/etl/token-range.js';
import { range } from '../etl/files/support.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { failureOf } from '../support/served-session.js';

const STEP = 2n ** 60n;
/** The ring in sixteen ranges. */
const plan = Array.from({ length: 16 }, (_, i) =>
  range(RING_START + BigInt(i) * STEP, i === 15 ? RING_START : RING_START + BigInt(i + 1) * STEP),
);
const ids = plan.map(({ id }) => id).sort();
const QUICK: ProcessRangesOptions = { lockDuration: 1_000, stalledInterval: 300, every: 20, concurrency: 2 };
const ONE = { backoff: 0 };

let redis: RedisServer;
let names = 0;
let queue: RangeQueue;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(() => {
  queue = { name: `queue-${names++}`, connection: redis.connection, header: { table: 'shop.orders' } };
});

const add = (ranges: readonly TokenRange[] = plan, options = {}): Promise<number> =>
  lastValueFrom(addRanges(queue, ranges, { ...ONE, ...options }));
const all = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()));
const machine = (
  project: (range: TokenRange) => Observable<RangeResult> = () => of({ rows: 10 }),
  options: ProcessRangesOptions = {},
): Observable<RangeOutcome<RangeResult>> => processRanges(queue, project, { ...QUICK, ...options });
const slowly = (rows = 10): Observable<RangeResult> => timer(20).pipe(map(() => ({ rows })));
const idsOf = (outcomes: readonly RangeOutcome<RangeResult>[], kind = 'completed'): string[] =>
  outcomes.filter((outcome) => outcome.kind === kind).map((outcome) => outcome.range.id).sort(); // prettier-ignore
/** What BullMQ itself says. */
async function counts(): Promise<Record<string, number>> {
  const jobs = new Queue(queue.name, { connection: redis.connection });
  try {
    return await jobs.getJobCounts();
  } finally {
    await jobs.close();
  }
}

describe('the ranges of a queue', () => {
  it('are done once, by all machines together, each of which ends when all are done', async () => {
    expect(await add()).toBe(16);
    const active = { now: 0, most: 0 };
    const project = (): Observable<RangeResult> =>
      defer(() => {
        active.most = Math.max(active.most, ++active.now);
        return slowly().pipe(tap(() => active.now--));
      });
    const [one, two] = await Promise.all([all(machine(project)), all(machine(() => slowly()))]);
    expect(idsOf([...one, ...two])).toEqual(ids);
    expect(one.length).toBeGreaterThan(0);
    expect(two.length).toBeGreaterThan(0);
    expect(active.most).toBe(2);
    expect(one[0]).toEqual({
      kind: 'completed',
      range: expect.objectContaining({ start: expect.any(BigInt), delivery: 'at-least-once' }) as TokenRange,
      rows: 10,
      results: [{ rows: 10 }],
    });
  });

  it('are waited for, and followed from the first to the last', async () => {
    const progress: QueueProgress[] = [];
    const followed = lastValueFrom(queueProgress(queue, { every: 20 }).pipe(tap((at) => progress.push(at))));
    const worked = all(machine(() => slowly()));
    await add();
    await worked;
    expect(await followed).toEqual({ ranges: 16, waiting: 0, active: 0, completed: 16, failed: 0, rows: 160, fraction: 1 }); // prettier-ignore
    const completed = progress.map((at) => at.completed);
    expect(completed).toEqual([...completed].sort((a, b) => a - b));
    expect(new Set(completed).size).toBeGreaterThan(2);
    for (const at of progress) {
      expect(at.rows).toBe(at.completed * 10);
      expect(at.fraction).toBeCloseTo(at.completed / 16);
    }
  });

  it('are added once, however often they are, also while others are added, and when all are done', async () => {
    const twice = await Promise.all([add(), add()]);
    expect(twice).toEqual([16, 16]);
    expect(await counts()).toMatchObject({ waiting: 16 });
    await all(machine());
    await add();
    expect(await counts()).toMatchObject({ waiting: 0, completed: 16 });
    expect(await all(machine(() => expect.fail('done again')))).toEqual([]);
  });

  it('stay as they are if they are cut otherwise the next time', async () => {
    await add();
    const [first, second] = plan;
    const joined = { ...first!, ...range(first!.start, second!.end) };
    expect(await add([joined, ...plan.slice(2)])).toBe(16);
    expect(await counts()).toMatchObject({ waiting: 16 });
  });

  it('are refused if they are of other tokens', async () => {
    await add();
    const error = await failureOf(addRanges(queue, plan.slice(1)));
    expect(error).toMatchObject({ code: 'ERR_RXCQL_QUEUE' });
    expect(error.message).toContain('a plan of other tokens');
    expect(await counts()).toMatchObject({ waiting: 16 });
  });

  it('are refused to a program for other work, whatever it does with them', async () => {
    await add();
    const other = { ...queue, header: { table: 'shop.customers', format: 'csv' } };
    const planned = defer(() => expect.fail('planned'));
    const work = processRanges(other, () => expect.fail('begun'), QUICK);
    for (const refused of [addRanges(other, planned), work, queueProgress(other)]) {
      const error = await failureOf(refused);
      expect(error).toBeInstanceOf(CqlError);
      expect(error).toMatchObject({ code: 'ERR_RXCQL_QUEUE' });
      expect(error.message).toContain('is of other work: table, format differ');
    }
    expect(await all(machine())).toHaveLength(16);
  });

  it('can be removed, which whoever waits for them is told', async () => {
    await add();
    const progress = failureOf(queueProgress(queue, { every: 20 }));
    const working = failureOf(machine(() => NEVER));
    await expect.poll(async () => (await counts())['active']).toBe(2);
    await lastValueFrom(removeRanges(queue), { defaultValue: undefined });
    for (const error of await Promise.all([progress, working]))
      expect(error).toMatchObject({ code: 'ERR_RXCQL_QUEUE' });
    expect(await add(plan.slice(3))).toBe(13);
    expect(await all(machine())).toHaveLength(13);
  });
});

describe('a range that fails', () => {
  const [bad] = plan;
  const failing =
    (times: number) =>
    (of_: TokenRange): Observable<RangeResult> =>
      of_.id === bad!.id && times-- > 0 ? throwError(() => new Error('It is bad.')) : of({ rows: 10 });

  it('is tried again', async () => {
    await add();
    const outcomes = await all(machine(failing(2)));
    expect(idsOf(outcomes)).toEqual(ids);
    const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
    expect(failed).toMatchObject([1, 2].map((attempts) => ({ kind: 'failed', range: { id: bad!.id }, attempts, isFinal: false, error: { message: 'It is bad.' } }))); // prettier-ignore
  });

  it('is given up at last, when all others are done, and is no success; until it is done again', async () => {
    await add();
    const outcomes: RangeOutcome<RangeResult>[] = [];
    const worked = failureOf(machine(failing(3)).pipe(tap((outcome) => outcomes.push(outcome))));
    const followed = failureOf(queueProgress(queue, { every: 20 }));
    for (const error of [await worked, await followed]) {
      expect(error).toBeInstanceOf(RangesError);
      expect(error).toMatchObject({ failures: [{ range: { id: bad!.id }, reason: 'It is bad.', attempts: 3 }] });
      expect(error.message).toContain('One range of the queue "queue-');
    }
    expect(idsOf(outcomes)).toEqual(ids.filter((id) => id !== bad!.id));
    expect(outcomes.at(-1)).toMatchObject({ kind: 'failed', attempts: 3, isFinal: true });
    expect(await lastValueFrom(retryRanges(queue))).toBe(1);
    expect(idsOf(await all(machine(failing(2))))).toEqual([bad!.id]);
    expect(await lastValueFrom(queueProgress(queue))).toMatchObject({ completed: 16, rows: 160 });
  });

  it('goes to others if it is the program that fails: that is no attempt', async () => {
    await add(plan, { attempts: 1 });
    const [error] = await Promise.all([
      failureOf(machine(() => throwError(() => new ConfigurationError('It is wrong.')))),
    ]);
    expect(error.message).toBe('It is wrong.');
    expect(idsOf(await all(machine()))).toEqual(ids);
  });

  it('must say how many rows it has', async () => {
    await add();
    const error = await failureOf(machine(() => of('10' as unknown as RangeResult)));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('must emit objects with the number of rows');
  });
});

describe('leaving early', () => {
  it('stops the work, and gives the ranges back at once', async () => {
    await add();
    const left: string[] = [];
    const endless = (of_: TokenRange): Observable<never> => NEVER.pipe(finalize(() => left.push(of_.id)));
    const subscription = machine(endless).subscribe();
    await expect.poll(async () => (await counts())['active']).toBe(2);
    subscription.unsubscribe();
    expect(left).toHaveLength(2);
    // Far sooner than a lock would have run out.
    const before = performance.now();
    expect(idsOf(await all(machine(undefined, { lockDuration: 30_000, stalledInterval: 30_000 })))).toEqual(ids);
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});

describe('a Redis that', () => {
  it('is not there is told at once', async () => {
    const nowhere = { ...queue, connection: { host: '127.0.0.1', port: 1 } };
    for (const source of [
      addRanges(nowhere, plan),
      processRanges(nowhere, () => EMPTY),
      queueProgress(nowhere),
      removeRanges(nowhere),
    ]) {
      // prettier-ignore
      const error = await failureOf(source as Observable<unknown>);
      expect(error).toMatchObject({ code: 'ERR_RXCQL_REDIS' });
      expect(error.message).toContain('ECONNREFUSED');
    }
  });

  it('is away for longer than a lock lasts is waited for', async () => {
    await add();
    let begun = 0;
    const project = (): Observable<RangeResult> => defer(() => {
      if (++begun === 4) {
        redis.signal('SIGSTOP');
        setTimeout(() => redis.signal('SIGCONT'), 1_500);
      }
      return slowly();
    }); // prettier-ignore
    const outcomes = await all(machine(project));
    expect(idsOf(outcomes)).toEqual(ids);
  });

  it('has gone for good is an error, and nothing is left open', async () => {
    const own = await startRedis();
    const connection = { ...own.connection, maxRetriesPerRequest: 1, retryStrategy: () => 50 };
    queue = { ...queue, connection };
    await lastValueFrom(addRanges(queue, plan));
    let left = 0;
    const work = failureOf(
      machine(() => {
        if (++left === 2) void own.stop();
        return NEVER;
      }),
    );
    expect(await work).toMatchObject({ code: 'ERR_RXCQL_REDIS' });
    await own.stop();
  });
});

it('adds nothing if its plan fails', async () => {
  const failed = concat(from(plan.slice(0, 3)), throwError(() => new Error('no ring'))); // prettier-ignore
  expect((await failureOf(addRanges(queue, failed))).message).toBe('no ring');
  expect(await counts()).toMatchObject({ waiting: 0 });
});

it('refuses what is no queue', async () => {
  for (const wrong of [{ name: 'a:b' }, { name: '' }, { connection: 'redis' }, { header: { a: 1 } }, { queue: 'a' }]) {
    const given = { ...queue, ...wrong } as unknown as RangeQueue;
    expect(await failureOf(addRanges(given, plan))).toBeInstanceOf(ConfigurationError);
  }
  expect(await failureOf(machine(undefined, { concurrency: 0 }))).toBeInstanceOf(ConfigurationError);
});

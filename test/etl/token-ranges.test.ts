import { firstValueFrom, lastValueFrom, NEVER, toArray } from 'rxjs';
import type { Session } from 'rxcql';
import { tokenRanges, type TokenRangesOptions } from 'rxcql/etl';
import { describe, expect, it } from 'vitest';
import { RING_SIZE, RING_START } from '../../src/etl/token-range.js';
import { failureOf } from '../support/served-session.js';
import { nodeAt, tokenTable } from '../support/token-table.js';

const [a, b, c] = ['a:1', 'b:1', 'c:1'].map((address) => nodeAt(address)) as [never, never, never];
const ring = [a, b, c, a, b, c].map((node, i) => ({ token: BigInt(i - 3) * 3n * 10n ** 18n, node }));

const planOf = (options?: TokenRangesOptions, table = tokenTable({ ring })) =>
  lastValueFrom(tokenRanges(table.session, 'ks.t', options).pipe(toArray()));

describe('tokenRanges()', () => {
  it('emits the ranges of the ring with their replicas and sizes, and completes', async () => {
    const estimates = {
      'a:1': [[String(ring[2]!.token), String(ring[3]!.token), 1_000n, 30n]],
      'b:1': [[ring[3]!.token, ring[4]!.token, 10, 500]],
    };
    const ranges = await planOf({ order: 'ring', splits: 1 }, tokenTable({ ring, estimates }));
    expect(ranges.map(({ replicas }) => replicas)).toEqual(
      ['a', 'b', 'c', 'a', 'b', 'c', 'a'].map((node) => [`${node}:1`]),
    );
    expect(ranges.map(({ bytes }) => bytes)).toEqual([0, 0, 0, 30_000, 5_000, 0, 0]);
    expect(ranges[0]).toMatchObject({ start: RING_START, end: ring[0]!.token, id: `${RING_START}..${ring[0]!.token}` });
    expect(ranges.reduce((sum, { fraction }) => sum + fraction, 0)).toBeCloseTo(1, 12);
  });

  it('has no sizes where no node says any', async () => {
    for (const range of await planOf()) expect(range).not.toHaveProperty('bytes');
  });

  it('is one range for one token of one node', async () => {
    const ranges = await planOf({}, tokenTable());
    expect(ranges).toMatchObject([{ start: RING_START, end: RING_START, fraction: 1, replicas: ['a:1'] }]);
  });

  it('cuts by itself as many as there are of targetBytes, and at least eight for each node', async () => {
    const replication = { class: 'SimpleStrategy', replication_factor: '3' };
    expect(await planOf({}, tokenTable({ ring, replication }))).toHaveLength(6);
    const vnodes = Array.from({ length: 64 }, (_, i) => ({ token: BigInt(i - 32) * (RING_SIZE / 64n), node: a }));
    expect(await planOf({}, tokenTable({ ring: vnodes }))).toHaveLength(8);
    const estimates = { 'a:1': [[RING_START, RING_START, 1_024, 1_024]] };
    expect(await planOf({ targetBytes: 10_000 }, tokenTable({ ring: vnodes, estimates }))).toHaveLength(105);
  });

  it('goes from replica to replica, the largest first, the same for the same seed', async () => {
    const one = await planOf({ splits: 60, seed: 1 });
    for (let i = 0; i + 3 <= 45; i += 3) {
      expect(new Set(one.slice(i, i + 3).flatMap(({ replicas }) => replicas)).size).toBe(3);
    }
    expect(await planOf({ splits: 60, seed: 1 })).toEqual(one);
    expect(await planOf({ splits: 60, seed: 2 })).not.toEqual(one);
    const inOrder = await planOf({ splits: 60, order: 'ring' });
    expect(new Set(one.map(({ id }) => id))).toEqual(new Set(inOrder.map(({ id }) => id)));
  });

  it.each([1, 2, 3, 7, 100])('has each range in one of %i shards, whatever sizes they are told', async (of) => {
    const shards = Array.from({ length: of }, (_, index) => {
      const estimates = { 'a:1': [[RING_START, 0n, 1e9, index]] };
      return planOf({ shard: { index, of } }, tokenTable({ ring, estimates }));
    });
    const all = (await Promise.all(shards)).flat().sort((x, y) => (x.start < y.start ? -1 : 1));
    const border = all.map(({ start }) => start);
    expect([...border.slice(1), RING_START]).toEqual(all.map(({ end }) => end));
    expect(border[0]).toBe(RING_START);
  });

  it('plans anew for each subscription, and leaves what it waits for', async () => {
    const plan = tokenRanges(tokenTable({ ring }).session, 'ks.t');
    expect(await lastValueFrom(plan.pipe(toArray()))).toEqual(await lastValueFrom(plan.pipe(toArray())));
    expect(await firstValueFrom(plan)).toBeDefined();
    const waiting = tokenRanges({ connect: () => NEVER } as unknown as Session, 'ks.t');
    let emitted = 0;
    waiting.subscribe(() => emitted++).unsubscribe();
    expect(emitted).toBe(0);
  });

  it.each<[unknown, string]>([
    [{ splits: 0 }, '"splits" must be a whole number from 1'],
    [{ splits: 'some' }, '"splits" must be a whole number from 1'],
    [{ split: 4 }, 'Did you mean "splits"?'],
    [{ order: 'random' }, '"replica" or "ring"'],
    [{ shard: { index: 2, of: 2 } }, 'an "index" from 0 to less than "of"'],
    [{ shard: 3 }, 'options of a shard must be an object'],
  ])('errors for %j', async (options, message) => {
    const failure = await failureOf(tokenRanges(tokenTable().session, 'ks.t', options as TokenRangesOptions));
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
    expect(failure.message).toContain(message);
  });

  it('errors for a keyspace that is none, a name that is none, and a ring that is not known', async () => {
    const { session } = tokenTable();
    expect(await failureOf(tokenRanges(session, 'other.t'))).toMatchObject({ code: 'ERR_RXCQL_NOT_IN_SCHEMA' });
    expect((await failureOf(tokenRanges(session, 'a.b.c'))).message).toBe("A table is given as 'keyspace.table'.");
    expect((await failureOf(tokenRanges(session, 't'))).message).toContain('the session has no keyspace');
    const failure = await failureOf(tokenRanges(tokenTable({ ring: [] }).session, 'ks.t'));
    expect(failure.message).toContain('no tokens of the Murmur3Partitioner');
  });
});

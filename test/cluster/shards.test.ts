import { asyncScheduler, concatMap, from, ignoreElements, lastValueFrom, mergeMap, range } from 'rxjs';
import { type Session } from 'rxcql';
import { cql, marbles, rows, systemTables, when } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { murmur3Token } from '../../src/codec/murmur3.js';
import { shardOf } from '../../src/cluster/sharding.js';
import { SHARD_AWARE_PORT, ShardedNode } from '../support/sharded-node.js';

const MINUTE = 60_000;

const later = (at: number, work: () => void): void => void asyncScheduler.schedule(work, at);

/** Lets a session with a node take place in virtual time. */
function play(work: () => Session, maxTime = 1_000): void {
  marbles(
    ({ expectObservable }) => {
      const session = work();
      expectObservable(session.connect().pipe(ignoreElements())).toBe('|');
      later(maxTime - 1, () => session.close().subscribe());
    },
    { maxTime },
  );
}

function shardOfKey(key: string, count: number): number {
  const bytes = Buffer.from(key);
  return shardOf(murmur3Token(bytes, 0, bytes.length), { count, ignoredBits: 12, port: undefined });
}

/** The keys of which each shard has some. */
const keys = Array.from({ length: 60 }, (_, i) => `key ${i}`);

const ask = (session: Session, key: string) => session.execute(`SELECT '${key}'`, [], { routingKey: Buffer.from(key) });

describe('a node with shards', () => {
  it('has a connection to each, of which the first has landed anywhere', () => {
    const node = new ShardedNode({ count: 4 });
    play(() => {
      later(500, () => expect(node.connections).toEqual([2, 1, 1, 1]));
      return node.session();
    });
    // The control connection, the first of the pool, and one for each other shard.
    const [, , ...others] = node.attempts;
    expect(node.attempts.slice(0, 2).map(([, port]) => port)).toEqual([9042, 9042]);
    expect(others.map(([, port]) => port)).toEqual([19042, 19042, 19042]);
    expect(others.map(([, , localPort]) => localPort! % 4)).toEqual([0, 2, 3]);
    expect(node.connections).toEqual([0, 0, 0, 0]);
  });

  it('is asked for a partition over the connection of its shard', () => {
    const node = new ShardedNode({ count: 4 });
    const asked = node.asked();
    play(() => {
      const session = node.session();
      later(100, () =>
        from(keys)
          .pipe(mergeMap((key) => ask(session, key)))
          .subscribe(),
      );
      return session;
    });
    for (const [shard, texts] of asked.entries()) {
      expect(texts).toEqual(keys.filter((key) => shardOfKey(key, 4) === shard).map((key) => `SELECT '${key}'`));
      expect(texts.length).toBeGreaterThan(5);
    }
  });

  it('is asked elsewhere than at a shard that is busy, or whose connection is lost', () => {
    const node = new ShardedNode({ count: 2, port: undefined, rules: [when(cql(/slow/)).delay(200)] });
    const asked = node.asked();
    const key = keys.find((one) => shardOfKey(one, 2) === 0)!;
    play(() => {
      const session = node.session({ maxRequestsPerConnection: 1 });
      const routingKey = Buffer.from(key);
      later(100, () => session.execute("SELECT 'slow'", [], { routingKey }).subscribe());
      later(150, () => ask(session, key).subscribe());
      later(400, () => {
        node.shards[0]!.disconnect();
        later(10, () => ask(session, key).subscribe());
      });
      return session;
    });
    expect(asked).toEqual([["SELECT 'slow'"], [`SELECT '${key}'`, `SELECT '${key}'`]]);
  });

  it('shares what has no partition among all of them', () => {
    const node = new ShardedNode({ count: 3, rules: [when(systemTables().not().and(cql(/./))).delay(50)] });
    const asked = node.asked();
    play(() => {
      const session = node.session();
      later(100, () =>
        range(0, 9)
          .pipe(mergeMap((n) => session.execute(`SELECT ${n}`)))
          .subscribe(),
      );
      return session;
    });
    expect(asked.map(({ length }) => length)).toEqual([3, 3, 3]);
  });

  it('without a shard-aware port is connected to until each shard has one; what is too much is closed', () => {
    // The control connection, and those of the pool.
    const landings = [0, 1, 1, 1, 1, 0, 0, 2, 3];
    const node = new ShardedNode({ count: 4, port: undefined, landing: (n) => landings[n] ?? n });
    play(() => {
      later(500, () => expect(node.connections).toEqual([2, 1, 1, 1]));
      return node.session();
    });
    expect(node.attempts).toHaveLength(landings.length);
  });

  it('has what there is where shards cannot be reached, and tries again after five minutes', () => {
    let isFair = false;
    const node = new ShardedNode({ count: 4, port: undefined, landing: (n) => (isFair ? n : 2) });
    play(() => {
      later(MINUTE, () => {
        expect(node.connections).toEqual([0, 0, 2, 0]);
        // One of the control connection, the one that was kept, and three times as many as there are shards.
        expect(node.attempts.length).toBeLessThanOrEqual(2 + 12 + 2);
        expect(node.attempts.length).toBeGreaterThanOrEqual(2 + 12);
        isFair = true;
      });
      later(4 * MINUTE, () => expect(node.connections).toEqual([0, 0, 2, 0]));
      later(6 * MINUTE, () => expect(node.connections).toEqual([1, 1, 2, 1]));
      return node.session();
    }, 7 * MINUTE);
  });

  it('that could not be reached as wished is not held against it once it was away', () => {
    let isFair = false;
    const node = new ShardedNode({ count: 4, port: undefined, landing: (n) => (isFair ? n : 2) });
    play(() => {
      later(1_000, () => {
        expect(node.connections).toEqual([0, 0, 2, 0]);
        isFair = true;
        node.shards[2]!.disconnect();
      });
      later(2_000, () => expect(Math.min(...node.connections)).toBe(1));
      return node.session();
    }, 3_000);
  });

  it('is connected to at its ordinary port for five minutes where the other leads to other shards than asked for', () => {
    const node = new ShardedNode({ count: 4, port: 'translated' });
    play(() => {
      later(MINUTE, () => {
        expect(Math.min(...node.connections)).toBeGreaterThanOrEqual(1);
        expect(node.connections.reduce((sum, n) => sum + n)).toBe(5);
        expect(node.attemptsAt(SHARD_AWARE_PORT)).toBe(3);
        node.shards[3]!.disconnect();
      });
      later(2 * MINUTE, () => {
        expect(node.connections.reduce((sum, n) => sum + n)).toBe(5);
        expect(node.attemptsAt(SHARD_AWARE_PORT)).toBe(3);
      });
      later(6 * MINUTE, () => node.shards[3]!.disconnect());
      later(7 * MINUTE, () => {
        expect(node.connections.reduce((sum, n) => sum + n)).toBe(5);
        expect(node.attemptsAt(SHARD_AWARE_PORT)).toBe(4);
      });
      return node.session();
    }, 8 * MINUTE);
  });

  it.each(['refused', 'elsewhere'] as const)('is connected to at its ordinary port where the other is %s', (port) => {
    const node = new ShardedNode({ count: 4, port });
    play(() => {
      later(MINUTE, () => expect(node.connections).toEqual([2, 1, 1, 1]));
      return node.session();
    }, 2 * MINUTE);
    expect(node.attemptsAt(SHARD_AWARE_PORT)).toBe(3);
  });

  it('that is away is asked by one only; when it is back, each shard has a connection again', () => {
    const node = new ShardedNode({ count: 8 });
    play(() => {
      later(1_000, () => {
        node.isDown = true;
        for (const shard of node.shards) shard.disconnect(undefined, 'reset');
        node.attempts.length = 0;
      });
      later(5_500, () => {
        // Every 100 ms at both ports, and what looks for another control connection.
        expect(node.attemptsAt(SHARD_AWARE_PORT)).toBeLessThanOrEqual(45 + 8);
        expect(node.attemptsAt(SHARD_AWARE_PORT)).toBeGreaterThanOrEqual(40);
        node.isDown = false;
        node.attempts.length = 0;
      });
      later(9_000, () => {
        expect(Math.min(...node.connections)).toBe(1);
        expect(node.connections.reduce((sum, n) => sum + n)).toBe(9);
        expect(node.attemptsAt(SHARD_AWARE_PORT)).toBe(8);
      });
      return node.session();
    }, 10_000);
  });

  it.each([2, 6])('that comes back with %i shards instead of 4 has a connection to each of these', (count) => {
    const node = new ShardedNode({ count: 4 });
    play(() => {
      const session = node.session();
      let asked: string[][] = [];
      later(1_000, () => node.restart(count));
      later(5_000, () => {
        expect(Math.min(...node.connections)).toBe(1);
        expect(node.connections.reduce((sum, n) => sum + n)).toBe(count + 1);
        asked = node.asked();
        from(keys)
          .pipe(mergeMap((key) => ask(session, key)))
          .subscribe();
      });
      later(6_000, () => {
        for (const [shard, texts] of asked.entries()) {
          expect(texts).toEqual(keys.filter((key) => shardOfKey(key, count) === shard).map((key) => `SELECT '${key}'`));
        }
      });
      return session;
    }, 7_000);
  });

  it('has one connection for each shard also where several for a node are asked for', () => {
    const node = new ShardedNode({ count: 3 });
    play(() => {
      later(500, () => {
        expect(Math.min(...node.connections)).toBe(1);
        expect(node.connections.reduce((sum, n) => sum + n)).toBe(4);
      });
      return node.session({ connectionsPerNode: 5 });
    });
  });

  it('gives all rows of a table that lies on all of them', async () => {
    const rule = when(cql(/SELECT '/)).reply(({ cql: text }) => rows({ key: 'text' }, [[text!]]));
    const node = new ShardedNode({ count: 4, rules: [rule] });
    const session = node.session();
    const answers: string[] = [];
    await lastValueFrom(
      from(keys).pipe(
        concatMap((key) => ask(session, key)),
        concatMap((page) => [...page].map((row) => answers.push(row['key'] as string))),
      ),
    );
    await lastValueFrom(session.close(), { defaultValue: undefined });
    expect(answers).toEqual(keys.map((key) => `SELECT '${key}'`));
  });
});

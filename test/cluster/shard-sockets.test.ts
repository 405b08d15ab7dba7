import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { firstValueFrom, from, lastValueFrom, mergeMap, ReplaySubject, toArray } from 'rxjs';
import { createSession } from 'rxcql';
import { type CqlServer, cqlServer, when, cql, rows } from 'rxcql/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { murmur3Token } from '../../src/codec/murmur3.js';
import { shardOf } from '../../src/cluster/sharding.js';
import { shardRule } from '../support/sharded-node.js';

const COUNT = 4;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Passes what comes on to one of several servers, which is chosen by the port that it comes from. */
async function front(targetOf: (remotePort: number) => CqlServer): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(targetOf(client.remotePort!).port, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('data', (bytes) => other.write(bytes));
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function serve(shard: number, port: number): Promise<CqlServer> {
  const servers = new ReplaySubject<CqlServer>(1);
  const answer = when(cql(/SELECT '/)).reply(rows({ shard: 'int' }, [[shard]]));
  const listening = cqlServer([shardRule(shard, COUNT, port), answer]).subscribe(servers);
  cleanups.push(() => listening.unsubscribe());
  return firstValueFrom(servers);
}

describe('a node with shards, over sockets', () => {
  it('sees the connections come from ports that stand for its shards, and requests over the right ones', async () => {
    const shards: CqlServer[] = [];
    const chosen: number[] = [];
    const shardAware = await front((remotePort) => {
      chosen.push(remotePort);
      return shards[remotePort % COUNT]!;
    });
    for (let shard = 0; shard < COUNT; shard++) shards.push(await serve(shard, shardAware));
    const ordinary = await front(() => shards[0]!);
    const session = createSession({ contactPoints: [`127.0.0.1:${ordinary}`], schemaMetadata: false });
    cleanups.push(() => lastValueFrom(session.close(), { defaultValue: undefined }));
    await lastValueFrom(session.connect());
    await expect.poll(() => shards.map(({ connections }) => connections)).toEqual([2, 1, 1, 1]);
    expect(chosen.map((port) => port % COUNT).sort()).toEqual([1, 2, 3]);
    expect(Math.min(...chosen)).toBeGreaterThanOrEqual(49_152);

    const keys = Array.from({ length: 40 }, (_, i) => Buffer.from(`key ${i}`));
    const wrong = from(keys).pipe(
      mergeMap((routingKey) =>
        session.execute(`SELECT '${routingKey.toString()}'`, [], { routingKey }).pipe(
          mergeMap((page) => {
            const token = murmur3Token(routingKey, 0, routingKey.length);
            const shard = shardOf(token, { count: COUNT, ignoredBits: 12, port: undefined });
            return page.one()['shard'] === shard ? [] : [routingKey.toString()];
          }),
        ),
      ),
      toArray(),
    );
    await expect.poll(() => session.metrics.connections).toBe(COUNT);
    expect(await lastValueFrom(wrong)).toEqual([]);
  });
});

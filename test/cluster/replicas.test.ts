import { describe, expect, it, vi } from 'vitest';
import { Member } from '../../src/cluster/members.js';
import { Replicas } from '../../src/cluster/replicas.js';
import { RequestContext, type Surroundings } from '../../src/cluster/request-context.js';
import { sliceOf } from '../../src/codec/writer.js';
import { located } from './support.js';

const MURMUR3 = 'org.apache.cassandra.dht.Murmur3Partitioner';
const KEY = Buffer.from([0, 0, 0, 42]);
const TOKEN_OF_KEY = -7160136740246525330n;

/** A cluster whose nodes have these tokens. */
function cluster(...tokens: (readonly string[])[]) {
  const replicas = new Replicas(() => undefined);
  const members = tokens.map((own, i) => new Member(located(i + 1, { tokens: own })));
  replicas.define(new Map([['ks', { replication: { class: 'SimpleStrategy', replication_factor: '1' } }]]));
  replicas.arrange(MURMUR3, members);
  const tokenOf = vi.fn((buffer: Uint8Array, start: number, end: number) =>
    replicas.partitioner?.token(buffer, start, end),
  );
  const surroundings: Surroundings = {
    current: undefined,
    replicas: (keyspace, partition, table) => replicas.of(keyspace, partition, table),
    inFlight: () => 0,
    tokenOf,
  };
  const context = (keyspace?: string) => new RequestContext(surroundings, keyspace, sliceOf(KEY), false);
  return { replicas, nodes: members.map(({ node }) => node), tokenOf, context };
}

describe('the replicas of a request', () => {
  it('are told by the token of its routing key, which is computed once', () => {
    const { nodes, tokenOf, context } = cluster(['-7160136740246525330'], ['0']);
    const request = context('ks');
    expect(request.replicas).toEqual([nodes[0]]);
    expect(request.replicas).toEqual([nodes[0]]);
    expect(request.token).toBe(TOKEN_OF_KEY);
    expect(tokenOf).toHaveBeenCalledTimes(1);
  });

  it('need no token where one node has all partitions', () => {
    const { nodes, tokenOf, context } = cluster(['-100', '0', '100']);
    const request = context('ks');
    expect(request.replicas).toEqual([nodes[0]]);
    expect(tokenOf).not.toHaveBeenCalled();
    expect(request.token).toBe(TOKEN_OF_KEY);
  });

  it('are as many as the keyspace has, which may be none that is known', () => {
    const { context } = cluster(['0']);
    expect(context('unknown').replicas).toEqual([]);
    expect(context(undefined).replicas).toEqual([]);
  });

  it('need a token again when another node comes', () => {
    const { replicas, tokenOf, context } = cluster(['0']);
    const members = [['-7160136740246525331'], ['0']].map((tokens, i) => new Member(located(i + 1, { tokens })));
    replicas.arrange(MURMUR3, members);
    expect(context('ks').replicas).toEqual([members[1]!.node]);
    expect(tokenOf).toHaveBeenCalledTimes(1);
  });

  it('are not known in a cluster whose partitioner is not', () => {
    const { replicas, context } = cluster(['0']);
    replicas.arrange('com.example.Other', []);
    expect(context('ks').replicas).toEqual([]);
    expect(context('ks').token).toBeUndefined();
  });
});

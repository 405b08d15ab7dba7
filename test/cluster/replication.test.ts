import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmur3Partitioner } from '../../src/codec/partitioners/murmur3-partitioner.js';
import type { Node } from '../../src/cluster/node.js';
import { placement, type ReplicationOptions } from '../../src/cluster/replication.js';
import { type TokenOwner, TokenRing } from '../../src/cluster/token-ring.js';
import { nodeOf, owners } from '../support/clusters.js';

const SIMPLE = 'org.apache.cassandra.locator.SimpleStrategy';
const NETWORK = 'org.apache.cassandra.locator.NetworkTopologyStrategy';

/** A ring with one token for each node, in the order of the nodes. */
function ringOf(nodes: readonly Node[]): TokenRing {
  return new TokenRing(
    murmur3Partitioner,
    nodes.map((node, i) => ({ node, tokens: [BigInt(i) * 100n] })),
  );
}

/** The numbers of the nodes, whose order is that of their tokens, that are replicas at a position. */
function replicas(nodes: readonly Node[], options: ReplicationOptions, position = 0): number[] {
  return placement(ringOf(nodes), options)(position).map((node) => nodes.indexOf(node));
}

const inRacks = (...racks: string[]): Node[] => racks.map((rack, i) => nodeOf(i, 'dc1', rack));

describe('SimpleStrategy', () => {
  const nodes = [nodeOf(0, 'dc1', 'r1'), nodeOf(1, 'dc1', 'r1'), nodeOf(2, 'dc2', 'r1')];

  it.each([
    ['1', 0, [0]],
    ['2', 0, [0, 1]],
    ['2', 2, [2, 0]],
    ['3', 1, [1, 2, 0]],
    ['9', 1, [1, 2, 0]],
    ['3/1', 0, [0, 1]],
    ['0', 0, []],
  ])('with factor %s has at position %i the nodes %j', (factor, position, expected) => {
    expect(replicas(nodes, { class: SIMPLE, replication_factor: factor }, position)).toEqual(expected);
  });

  it('takes a node with several tokens once', () => {
    const ring = new TokenRing(murmur3Partitioner, [
      { node: nodes[0]!, tokens: [0n, 1n, 2n] },
      { node: nodes[1]!, tokens: [3n] },
    ]);
    expect(placement(ring, { class: SIMPLE, replication_factor: '2' })(1)).toEqual([nodes[0], nodes[1]]);
  });
});

describe('NetworkTopologyStrategy', () => {
  it.each([
    ['one of each rack first', inRacks('r1', 'r1', 'r1', 'r2', 'r3'), '3', [0, 3, 4]],
    ['no rack twice where there are enough', inRacks('r1', 'r1', 'r2', 'r2', 'r3'), '2', [0, 2]],
    ['the next ones where racks are missing', inRacks('r1', 'r1', 'r1', 'r2'), '3', [0, 1, 3]],
    ['as many as there are nodes', inRacks('r1', 'r1', 'r2'), '5', [0, 1, 2]],
    ['all of one rack', inRacks('r1', 'r1', 'r1'), '2', [0, 1]],
  ])('takes %s', (_, nodes, factor, expected) => {
    expect(replicas(nodes, { class: NETWORK, dc1: factor })).toEqual(expected);
  });

  it('has in each data center its own number, and in others none', () => {
    const nodes = ['dc1', 'dc2', 'dc1', 'dc2', 'dc3'].map((dc, i) => nodeOf(i, dc));
    expect(replicas(nodes, { class: NETWORK, dc1: '1', dc2: '2' })).toEqual([0, 1, 3]);
    expect(replicas(nodes, { class: NETWORK, dc1: '1', dc2: '2' }, 1)).toEqual([1, 2, 3]);
    expect(replicas(nodes, { class: NETWORK, dc1: '0', elsewhere: '3' })).toEqual([]);
  });

  it('tells racks of the same name in two data centers apart', () => {
    const nodes = [nodeOf(0, 'dc1', 'r1'), nodeOf(1, 'dc2', 'r1'), nodeOf(2, 'dc2', 'r2')];
    expect(replicas(nodes, { class: NETWORK, dc1: '1', dc2: '2' })).toEqual([0, 1, 2]);
  });

  it('leaves transient replicas out: the last ones, and the first to go where nodes are missing', () => {
    const nodes = inRacks('r1', 'r2', 'r3', 'r4');
    expect(replicas(nodes, { class: NETWORK, dc1: '3/1' })).toEqual([0, 1]);
    expect(replicas(nodes.slice(0, 2), { class: NETWORK, dc1: '3/1' })).toEqual([0, 1]);
    // That the third is transient is decided by where it stands: racks first, as if it were not.
    expect(replicas(inRacks('r1', 'r1', 'r2'), { class: NETWORK, dc1: '3/1' })).toEqual([0, 1]);
    expect(replicas(inRacks('r1', 'r1', 'r2', 'r3'), { class: NETWORK, dc1: '3/1' })).toEqual([0, 2]);
  });
});

describe('other strategies', () => {
  const nodes = ['dc1', 'dc2', 'dc1'].map((dc, i) => nodeOf(i, dc));

  it('EverywhereStrategy has all nodes, the primary replica first', () => {
    expect(replicas(nodes, { class: 'org.apache.cassandra.locator.EverywhereStrategy' }, 1)).toEqual([1, 2, 0]);
  });

  it.each([
    'org.apache.cassandra.locator.LocalStrategy',
    'org.apache.cassandra.locator.MetaStrategy',
    'com.example.SimpleStrategy',
    '',
  ])('%j tells nothing', (className) => {
    expect(replicas(nodes, { class: className, replication_factor: '1' })).toEqual([]);
  });

  it('are known without their package, too', () => {
    expect(replicas(nodes, { class: 'SimpleStrategy', replication_factor: '1' })).toEqual([0]);
  });
});

it.each(['', 'three', '-1', '1.5', '3/', '1/3', '9999999999'])('a factor of %j makes no replicas', (factor) => {
  expect(replicas([nodeOf(0)], { class: SIMPLE, replication_factor: factor })).toEqual([]);
  expect(replicas([nodeOf(0)], { class: NETWORK, dc1: factor })).toEqual([]);
  expect(replicas([nodeOf(0)], { class: SIMPLE })).toEqual([]);
});

// The rules once more, as they are told to people rather than as a machine would follow them.

/** The nodes around the ring from a position on, each once. */
function around(ring: TokenRing, position: number): Node[] {
  return [...new Set([...ring.owners.slice(position), ...ring.owners.slice(0, position)])];
}

function toldSimple(nodes: Node[], factor: number): Node[] {
  return nodes.slice(0, factor);
}

/** In each data center: first the first node of each rack, then, if some are missing, the first of the others. */
function toldNetworkTopology(nodes: Node[], factors: Readonly<Record<string, number>>): Node[] {
  const chosen = Object.entries(factors).flatMap(([dc, factor]) => {
    const here = nodes.filter(({ datacenter }) => datacenter === dc);
    const isFirst = (node: Node): boolean => here.find(({ rack }) => rack === node.rack) === node;
    return [...here.filter(isFirst), ...here.filter((node) => !isFirst(node))].slice(0, factor);
  });
  return nodes.filter((node) => chosen.includes(node));
}

const position = (ring: TokenRing, n: number): number => n % ring.size;
const ring = (all: TokenOwner[]): TokenRing => new TokenRing(murmur3Partitioner, all);

describe('for any cluster', () => {
  it('SimpleStrategy has the replicas that its rule says', () => {
    fc.assert(
      fc.property(owners, fc.nat(14), fc.nat(), (all, factor, n) => {
        const made = ring(all);
        const at = position(made, n);
        const found = placement(made, { class: SIMPLE, replication_factor: String(factor) })(at);
        expect(found).toEqual(toldSimple(around(made, at), factor));
      }),
      { numRuns: 500 },
    );
  });

  it('NetworkTopologyStrategy has the replicas that its rule says, in the order of the ring', () => {
    const factors = fc.record({ dc1: fc.nat(8), dc2: fc.nat(8), dc3: fc.nat(8), dc4: fc.nat(1) }, { requiredKeys: [] });
    fc.assert(
      fc.property(owners, factors, fc.nat(), (all, factors, n) => {
        const made = ring(all);
        const at = position(made, n);
        const options = Object.fromEntries(Object.entries(factors).map(([dc, factor]) => [dc, String(factor)]));
        const found = placement(made, { class: NETWORK, ...options })(at);
        expect(found).toEqual(toldNetworkTopology(around(made, at), factors as Record<string, number>));
      }),
      { numRuns: 2_000 },
    );
  });

  it('full replicas are among those that there would be if all were full', () => {
    fc.assert(
      fc.property(owners, fc.nat(8), fc.nat(8), fc.nat(), (all, factor, transient, n) => {
        const made = ring(all);
        const at = position(made, n);
        const full = placement(made, { class: NETWORK, dc1: `${factor}/${transient}` })(at);
        const each = placement(made, { class: NETWORK, dc1: String(factor) })(at);
        const count = Math.max(0, Math.min(factor - transient, each.length));
        expect(full).toEqual(each.slice(0, count));
      }),
    );
  });
});

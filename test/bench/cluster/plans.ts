import type * as DcAware from '../../../src/cluster/policies/dc-aware.js';
import type * as HostFilter from '../../../src/cluster/policies/host-filter.js';
import type * as TokenAware from '../../../src/cluster/policies/token-aware.js';
import type * as PlanWalks from '../../../src/cluster/plan-walk.js';
import type * as TokenMaps from '../../../src/cluster/token-map.js';
import type * as TokenRings from '../../../src/cluster/token-ring.js';
import type * as Murmur3 from '../../../src/codec/partitioners/murmur3-partitioner.js';
import type { Node } from '../../../src/cluster/node.js';
import type { LoadBalancingPolicy, PlanContext } from '../../../src/cluster/policies/load-balancing.js';
import { nodeOf } from '../../support/clusters.js';
import { built, type Case } from './case.js';

const { dcAware } = await built<typeof DcAware>('cluster/policies/dc-aware.js');
const { allowList } = await built<typeof HostFilter>('cluster/policies/host-filter.js');
const { tokenAware } = await built<typeof TokenAware>('cluster/policies/token-aware.js');
const { PlanWalk } = await built<typeof PlanWalks>('cluster/plan-walk.js');
const { TokenMap } = await built<typeof TokenMaps>('cluster/token-map.js');
const { TokenRing } = await built<typeof TokenRings>('cluster/token-ring.js');
const { murmur3Partitioner } = await built<typeof Murmur3>('codec/partitioners/murmur3-partitioner.js');

// 100 nodes with 256 tokens each, in two data centers of three racks; 3 replicas in each data center.

const nodes = Array.from({ length: 100 }, (_, i) => nodeOf(i, i % 2 === 0 ? 'dc1' : 'dc2', `r${i % 3}`));
const topology = { nodes, localDataCenter: 'dc1' };
const random64 = (): bigint => BigInt.asIntN(64, BigInt(Math.floor(Math.random() * 2 ** 53)) * 2_654_435_761n);
const owners = nodes.map((node) => ({ node, tokens: Array.from({ length: 256 }, random64) }));
const ring = new TokenRing(murmur3Partitioner, owners);
const map = new TokenMap(ring);
map.define('ks', { class: 'NetworkTopologyStrategy', dc1: '3', dc2: '3' });

const PLANS = 4_096;
const tokens = Array.from({ length: PLANS }, random64);
for (const token of tokens) map.replicas('ks', token);

/** As the driver has it: with each node how busy it is. */
const busy = new Map<Node, number>(nodes.map((node) => [node, Math.floor(Math.random() * 100)]));
const contexts = tokens.map((token): PlanContext => ({
  topology,
  keyspace: 'ks',
  token,
  replicas: map.replicas('ks', token),
  isConditional: false,
  inFlight: (node) => busy.get(node)!,
}));
const withoutReplicas = contexts.map((context): PlanContext => ({ ...context, replicas: [], token: undefined }));

const firstOf = (policy: LoadBalancingPolicy, all: readonly PlanContext[]): (() => unknown) => {
  return () => {
    let found = 0;
    for (const context of all) if (policy(context)[Symbol.iterator]().next().done !== true) found++;
    return found;
  };
};

/** As one would write it down: all nodes in a new array, in the order in which they are to be tried. */
const obvious: LoadBalancingPolicy = ({ topology, replicas }) => {
  const local = topology.nodes.filter(({ datacenter, isUp }) => isUp && datacenter === topology.localDataCenter);
  const near = replicas.filter((node) => local.includes(node));
  near.sort(() => Math.random() - 0.5);
  return [...near, ...local.filter((node) => !near.includes(node))];
};

const lazy: LoadBalancingPolicy = function* ({ topology, replicas }) {
  const near = replicas.filter(({ datacenter, isUp }) => isUp && datacenter === topology.localDataCenter);
  near.sort(() => Math.random() - 0.5);
  yield* near;
  yield* topology.nodes.filter(
    (node) => node.isUp && node.datacenter === topology.localDataCenter && !near.includes(node),
  );
};

const byHostId = new Map<string, Node>(nodes.map((node) => [node.hostId, node]));
const walk = (policy: LoadBalancingPolicy): (() => unknown) => {
  return () => {
    let found = 0;
    for (const context of contexts) if (new PlanWalk(policy, context, byHostId).next() !== undefined) found++;
    return found;
  };
};

const standard = tokenAware();
export const cases: readonly Case[] = [
  { name: 'first node, by default', units: PLANS, run: firstOf(standard, contexts) },
  { name: '  the same without replicas', units: PLANS, run: firstOf(dcAware(), withoutReplicas) },
  {
    name: '  the same with an allow list',
    units: PLANS,
    run: firstOf(allowList(nodes.map(({ address }) => address)), contexts),
  },
  { name: '  by a generator', units: PLANS, run: firstOf(lazy, contexts) },
  { name: '  by an array of all nodes', units: PLANS, run: firstOf(obvious, contexts) },
  { name: 'first node, by default, walked', units: PLANS, run: walk(standard) },
  {
    name: 'whole plan, by default (50 nodes)',
    units: PLANS,
    run: () => {
      let found = 0;
      for (const context of contexts) for (const node of standard(context)) if (node.isUp) found++;
      return found;
    },
  },
  {
    name: 'replicas by token, kept',
    units: PLANS,
    run: () => {
      let found = 0;
      for (const token of tokens) found += map.replicas('ks', token).length;
      return found;
    },
  },
  {
    name: 'replicas by token, computed',
    units: PLANS,
    run: () => {
      const fresh = new TokenMap(ring);
      fresh.define('ks', { class: 'NetworkTopologyStrategy', dc1: '3', dc2: '3' });
      let found = 0;
      for (const token of tokens) found += fresh.replicas('ks', token).length;
      return found;
    },
  },
  { name: 'ring of 25,600 tokens, made', units: 1, run: () => new TokenRing(murmur3Partitioner, owners).size },
];

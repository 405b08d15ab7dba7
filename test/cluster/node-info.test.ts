import { describe, expect, it } from 'vitest';
import { isSameEndpoint, localInfo, peerInfos } from '../../src/cluster/node-info.js';

const ID = '00000000-0000-4000-8000-00000000000';
const whole = {
  host_id: `${ID}2`,
  data_center: 'dc1',
  rack: 'r1',
  release_version: '5.0.5',
  native_address: '10.0.0.2',
  native_port: 9142,
  tokens: new Set(['1', '2']),
};

function read(...rows: Record<string, unknown>[]): { nodes: ReturnType<typeof peerInfos>; warnings: string[] } {
  const warnings: string[] = [];
  return { nodes: peerInfos(rows, 9042, `${ID}1`, (message) => warnings.push(message)), warnings };
}

describe('what system.local says', () => {
  it('is which cluster and which node it is', () => {
    const row = {
      ...whole,
      cluster_name: 'test',
      partitioner: 'Murmur3',
      rpc_address: '10.0.0.1',
      rpc_port: 9042,
      tokens: new Set(['3']),
    };
    expect(localInfo([row], 1)).toEqual({
      clusterName: 'test',
      partitioner: 'Murmur3',
      local: {
        hostId: `${ID}2`,
        advertised: { host: '10.0.0.1', port: 9042 },
        datacenter: 'dc1',
        rack: 'r1',
        releaseVersion: '5.0.5',
        tokens: ['3'],
      },
    });
  });

  it.each([[[]], [[{}]], [[{ host_id: null, data_center: 'dc1' }]], [[{ host_id: `${ID}1`, data_center: null }]]])(
    'may be nothing: %j',
    (rows) => {
      expect(localInfo(rows as Record<string, unknown>[], 9042)).toBeUndefined();
    },
  );
});

describe('what system.peers says', () => {
  it('is where the others are, by their own ports', () => {
    expect(read(whole)).toEqual({
      nodes: [
        {
          hostId: `${ID}2`,
          advertised: { host: '10.0.0.2', port: 9142 },
          datacenter: 'dc1',
          rack: 'r1',
          releaseVersion: '5.0.5',
          tokens: ['1', '2'],
        },
      ],
      warnings: [],
    });
  });

  it.each([
    [
      'the table has no ports',
      { native_address: undefined, native_port: undefined, rpc_address: '10.0.0.3' },
      '10.0.0.3',
      9042,
    ],
    ['it listens everywhere', { native_address: '0.0.0.0', peer: '10.0.0.4' }, '10.0.0.4', 9142],
    ['it listens everywhere, IPv6', { native_address: '::', peer: '10.0.0.4' }, '10.0.0.4', 9142],
    ['its port is none', { native_port: -1 }, '10.0.0.2', 9042],
  ])('%s', (_, fields, host, port) => {
    expect(read({ ...whole, ...fields }).nodes[0]!.advertised).toEqual({ host, port });
  });

  it.each<[string, Record<string, unknown>]>([
    ['it has no host id', { host_id: null }],
    ['it has no host id', { host_id: 'node\u001b[2J' }],
    ['it has no data center or rack', { data_center: null }],
    ['it has no data center or rack', { rack: '' }],
    ['it has no address for clients', { native_address: null, peer: undefined }],
    ['it has no address for clients', { native_address: 'internal.example.org', peer: 'internal.example.org' }],
    ['it has no tokens', { tokens: null }],
    ['it has no tokens', { tokens: new Set() }],
  ])('leaves a node out and says so: %s', (reason, fields) => {
    const { nodes, warnings } = read(
      { ...whole, peer: fields['native_address'] === null ? undefined : 'p', ...fields },
      whole,
    );
    expect(nodes.map(({ hostId }) => hostId)).toEqual([`${ID}2`]);
    expect(warnings).toEqual([expect.stringContaining(`: ${reason}.`)]);
  });

  it('leaves out the node that was asked, and a second one with the same id', () => {
    const { nodes, warnings } = read({ ...whole, host_id: `${ID}1` }, whole, { ...whole, native_address: '10.0.0.9' });
    expect(nodes.map(({ advertised }) => advertised!.host)).toEqual(['10.0.0.2']);
    expect(warnings).toEqual([`Two nodes have the host id ${ID}2: one of them is left out.`]);
  });
});

it('are 10,000 nodes at most', () => {
  const all = Array.from({ length: 10_002 }, (_, i) => ({
    ...whole,
    host_id: `00000000-0000-4000-8001-${String(i).padStart(12, '0')}`,
  }));
  const { nodes, warnings } = read(...all);
  expect(nodes).toHaveLength(10_000);
  expect(warnings).toEqual(['The cluster has more than 10000 nodes: the others are left out.']);
});

describe('isSameEndpoint', () => {
  it('compares places', () => {
    expect(isSameEndpoint(undefined, undefined)).toBe(true);
    expect(isSameEndpoint({ host: 'a', port: 1 }, undefined)).toBe(false);
    expect(isSameEndpoint({ host: 'a', port: 1 }, { host: 'a', port: 1 })).toBe(true);
    expect(isSameEndpoint({ host: 'a', port: 1 }, { host: 'a', port: 2 })).toBe(false);
  });
});

import type { ClusterEvent, Node, Session, Topology } from 'rxcql';
import { cql, type CqlServer, error, event, node, opcode, rows, type Rule, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { LOCAL, PEERS_V2 } from '../../src/testing/server/system-schema.js';
import { type Asked, scenario } from './oracles.js';
import { pause, until } from './waiting.js';
import { echo } from './tokens.js';

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** What a sound row of system.peers_v2 says. */
const peer = (number: number, address = `127.0.0.${number}`): Record<string, unknown> => ({
  peer: address,
  peer_port: 7000,
  native_address: address,
  data_center: 'datacenter1',
  rack: 'rack1',
  host_id: idOf(number),
  release_version: '5.0.5',
  schema_version: idOf(0),
  tokens: [String(number * 1_000)],
});

/** A server whose node 1 says of its peers what the test wants. */
function peers(table: { rows: readonly Record<string, unknown>[] }): Rule {
  return when(cql('SELECT * FROM system.peers_v2')).reply(() => rows(PEERS_V2, table.rows));
}

interface Watched {
  topology: Topology | undefined;
  readonly news: ClusterEvent[];
}

function watching(session: Session): Watched {
  const watched: Watched = { topology: undefined, news: [] };
  session.topology.subscribe((latest) => (watched.topology = latest));
  session.events.subscribe((one) => watched.news.push(one));
  return watched;
}

const hostsOf = ({ topology }: Watched): string[] =>
  topology!.nodes.map(({ address }) => address.split(':')[0]!).sort();

/** Three that listen; the second and the third are the same node, which has moved from one to the other. */
const MOVING = [
  { host: '127.0.0.1', hostId: idOf(1) },
  { host: '127.0.0.2', hostId: idOf(2) },
  { host: '127.0.0.3', hostId: idOf(2) },
];

describe('a topology that makes no sense', () => {
  scenario('R39 rows that are not whole are left out, each with a warning', {}, async (world) => {
    const table = {
      rows: [
        peer(2),
        { ...peer(20, '127.0.1.20'), host_id: null },
        { ...peer(21, '127.0.1.21'), tokens: null },
        { ...peer(22, '127.0.1.22'), data_center: null },
        { ...peer(23, '127.0.1.23'), rack: null },
        { ...peer(24, '127.0.1.24'), peer: '0.0.0.0', native_address: null },
        // It listens everywhere, so also where its peers find it.
        { ...peer(3), native_address: '0.0.0.0' },
        // The same node once more, and the one that was asked among its own peers.
        peer(2, '127.0.1.25'),
        { ...peer(1), peer: '127.0.1.26', native_address: '127.0.1.26' },
      ],
    };
    const server = await world.server([peers(table)], {
      nodes: [1, 2, 3].map((number) => ({ host: `127.0.0.${number}`, hostId: idOf(number) })),
    });
    const session = await world.session(server, { port: server.port });
    const watched = watching(session);
    await until(() => server.connections === 4);
    expect(hostsOf(watched)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
    expect([...world.warnings].sort()).toEqual([
      'A node is left out, 0.0.0.0: it has no address for clients.',
      'A node is left out, 127.0.1.20: it has no host id.',
      'A node is left out, 127.0.1.21: it has no tokens.',
      'A node is left out, 127.0.1.22: it has no data center or rack.',
      'A node is left out, 127.0.1.23: it has no data center or rack.',
      `Two nodes have the host id ${idOf(2)}: one of them is left out.`,
    ]);
    const used = new Set<string>();
    for (let i = 0; i < 20; i++) used.add((await world.read(session).ended).page!.coordinator);
    expect(used.size).toBe(3);
    // Asked again, it says the same, and nothing is said of it again.
    const warnings = world.warnings.length;
    let refreshes = 0;
    server.requests.subscribe(({ cql: statement }) => {
      if (statement === 'SELECT * FROM system.peers_v2') refreshes++;
    });
    server.push(event.added(`127.0.1.20:${server.port}`));
    await until(() => refreshes === 1);
    await pause(50);
    expect(world.warnings.length).toBe(warnings);
    expect(server.connections).toBe(4);
    await world.recovers(() => world.read(session));
  });

  scenario('R39 nodes where none may be are left out, whatever a server says', {}, async (world) => {
    const table = { rows: [peer(2), peer(3, '127.0.1.3')] };
    const server = await world.server([peers(table)], {
      nodes: [...MOVING.slice(0, 2), { host: '127.0.1.3', hostId: idOf(3) }],
    });
    const session = await world.session(server, { port: server.port, allowedAddresses: ['127.0.0.0/24'] });
    const watched = watching(session);
    await until(() => server.connections === 3);
    expect(hostsOf(watched)).toEqual(['127.0.0.1', '127.0.0.2']);
    const warning = `A node is left out, 127.0.1.3:${server.port}: it is none of the addresses that are allowed.`;
    expect(world.warnings).toEqual([warning]);
    // An event does not help it, neither does another place for a node that was where it should be.
    table.rows = [peer(2, '127.0.1.3')];
    server.push(event.up(`127.0.1.3:${server.port}`));
    server.push(event.added(`127.0.1.3:${server.port}`));
    await until(() => hostsOf(watched).length === 1);
    await until(() => server.connections === 2);
    await pause(300);
    expect(server.connections).toBe(2);
    const asked: string[] = [];
    server.requests.subscribe(({ node: at }) => asked.push(at));
    expect(asked.filter((at) => at.startsWith('127.0.1.3'))).toEqual([]);
    await world.recovers(() => world.read(session));
  });

  scenario('R39 a node that is to be met elsewhere is not, where none may be', {}, async (world) => {
    // What answers at the contact point says that it is one node at first, and another afterwards.
    let isOther = false;
    const server = await world.server(
      [
        when(cql('SELECT cluster_name, host_id FROM system.local').and(() => isOther)).reply(
          rows({ cluster_name: 'text', host_id: 'uuid' }, [['Test Cluster', idOf(9)]]),
        ),
        when(cql('SELECT * FROM system.local')).reply(() =>
          rows(LOCAL, [
            {
              key: 'local',
              cluster_name: 'Test Cluster',
              host_id: idOf(1),
              data_center: 'datacenter1',
              rack: 'rack1',
              partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
              release_version: '5.0.5',
              rpc_address: '127.0.1.3',
              tokens: ['1'],
            },
          ]),
        ),
      ],
      {
        nodes: [
          { host: '127.0.0.1', hostId: idOf(1) },
          { host: '127.0.1.3', hostId: idOf(3) },
        ],
      },
    );
    const asked: string[] = [];
    server.requests.subscribe(({ node: at }) => asked.push(at));
    isOther = true;
    const session = world.unconnected({ contactPoints: [server.contactPoint], allowedAddresses: ['127.0.0.0/24'] });
    expect((await world.read(session).ended).error!.message).toContain('Another node of the cluster answers');
    expect(asked.filter((at) => at.startsWith('127.0.1.3'))).toEqual([]);
  });

  /** A session that knows nodes 1 and 2, before anything changes. */
  async function settled(
    world: Parameters<Parameters<typeof scenario>[2]>[0],
    server: CqlServer,
  ): Promise<{ session: Session; watched: Watched; second: Node }> {
    const session = await world.session(server, { port: server.port });
    const watched = watching(session);
    await until(() => server.connections === 3);
    await Promise.all(Array.from({ length: 10 }, () => world.read(session).ended));
    watched.news.length = 0;
    return { session, watched, second: watched.topology!.nodes.find(({ hostId }) => hostId === idOf(2))! };
  }

  scenario('R39 a node that answers elsewhere is the same by its host id', {}, async (world) => {
    const table = { rows: [peer(2)] };
    const server = await world.server([peers(table)], { nodes: MOVING });
    const { session, watched, second } = await settled(world, server);
    table.rows = [peer(2, '127.0.0.3')];
    server.push(event.added(`127.0.0.3:${server.port}`));
    const asked: Asked[] = [];
    while (hostsOf(watched).includes('127.0.0.2')) {
      asked.push(world.read(session));
      await pause(5);
    }
    await until(() => server.connections === 3);
    for (const { ended } of asked) expect((await ended).error).toBeUndefined();
    expect(watched.topology!.nodes).toContain(second);
    expect(second.address).toBe(`127.0.0.3:${server.port}`);
    const kinds = watched.news.map(({ type }) => type);
    expect(kinds).not.toContain('nodeAdded');
    expect(kinds).not.toContain('nodeRemoved');
    expect((await world.read(session, { node: second }).ended).page!.coordinator).toBe(second.address);
    await world.recovers(() => world.read(session));
  });

  scenario('R39 a node that was lost is found where it answers now', {}, async (world) => {
    const table = { rows: [peer(2)] };
    const lost = { is: false };
    const server = await world.server(
      [
        peers(table),
        when(
          opcode('STARTUP')
            .and(node('127.0.0.2'))
            .and(() => lost.is),
        ).disconnect(),
      ],
      { nodes: MOVING },
    );
    const { session, second } = await settled(world, server);
    lost.is = true;
    server.disconnect();
    await until(() => !second.isUp && server.connections >= 2);
    table.rows = [peer(2, '127.0.0.3')];
    server.push(event.added(`127.0.0.3:${server.port}`));
    await until(() => second.isUp);
    expect((await world.read(session, { node: second }).ended).page!.coordinator).toBe(`127.0.0.3:${server.port}`);
    await world.recovers(() => world.read(session));
  });

  scenario('R39 a node that is removed while it is asked', {}, async (world) => {
    const table = { rows: [peer(2)] };
    let isSlow = false;
    const server = await world.server(
      [
        peers(table),
        when(
          opcode('EXECUTE')
            .and(node('127.0.0.2'))
            .and(() => isSlow),
        )
          .delay(5_000)
          .reply(echo),
      ],
      { nodes: MOVING },
    );
    const { session, watched, second } = await settled(world, server);
    isSlow = true;
    const asked = Array.from({ length: 20 }, () => world.read(session));
    await pause(20);
    table.rows = [];
    server.push(event.removed(`127.0.0.2:${server.port}`));
    await until(() => hostsOf(watched).length === 1);
    for (const { ended } of asked) expect((await ended).error).toBeUndefined();
    expect(watched.news.filter(({ type }) => type === 'nodeRemoved')).toEqual([{ type: 'nodeRemoved', node: second }]);
    await until(() => server.connections === 2);
    await pause(500);
    expect(server.connections).toBe(2);
    await world.recovers(() => world.read(session));
  });

  scenario('R39 without system.peers_v2, system.peers is read', {}, async (world) => {
    const server = await world.server(
      [when(cql('SELECT * FROM system.peers_v2')).reply(error('Invalid', { message: 'unconfigured table peers_v2' }))],
      { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] },
    );
    const session = await world.session(server, { port: server.port });
    const watched = watching(session);
    await until(() => server.connections === 3);
    expect(hostsOf(watched)).toEqual(['127.0.0.1', '127.0.0.2']);
    await world.recovers(() => world.read(session));
  });
});

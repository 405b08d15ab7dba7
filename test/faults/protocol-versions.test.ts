import { firstValueFrom } from 'rxjs';
import type { Session } from 'rxcql';
import { type CqlServer, error, event, node, opcode, rows, type Rule, when, withHeader } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { type Asked, scenario, type World } from './oracles.js';
import { pause, until } from './waiting.js';

const V4_ONLY = { protocolVersions: [4] } as const;

/** The versions of the connections that are open, from the server's side: what was last asked on each. */
function watchVersions(server: CqlServer): Map<number, { version: number; node: string }> {
  const versions = new Map<number, { version: number; node: string }>();
  server.requests.subscribe(({ connection, version, node: at }) => versions.set(connection, { version, node: at }));
  return versions;
}

/** Asks until all nodes have answered a request, or a second is over. Returns the nodes. */
async function coordinators(world: World, session: Session, nodes: number): Promise<string[]> {
  const found = new Set<string>();
  for (let i = 0; i < 100 && found.size < nodes; i++) {
    const asked: Asked[] = Array.from({ length: 4 }, () => world.read(session));
    for (const { ended } of asked) {
      const { page, error: failure } = await ended;
      expect(failure).toBeUndefined();
      found.add(page!.coordinator.split(':')[0]!);
    }
    await pause(10);
  }
  return [...found].sort();
}

describe('a server that speaks v4 only', () => {
  scenario('R13 is spoken to in v4, after one attempt in v5', {}, async (world) => {
    const server = await world.server([], V4_ONLY);
    const session = await world.session(server);
    expect((await world.read(session).ended).error).toBeUndefined();
    // One to watch the cluster, one for requests, and the one in v5.
    expect([server.accepted, server.connections]).toEqual([3, 2]);
    expect(world.warnings).toEqual([]);
  });

  const words = 'Invalid or unsupported protocol version (5); supported versions are (3/v3, 4/v4)';
  const beta = 'Beta version of the protocol used (5/v5-beta), but USE_BETA flag is unset';

  for (const [name, kind, message, version, streamId] of [
    ['a ProtocolError in v4, on stream 0', 'ProtocolError', words, 4, 0],
    ['a ServerError in v3, on stream 0', 'ServerError', words, 3, 0],
    ['a ServerError in v4, on a stream of its own', 'ServerError', words, 4, 99],
    ['that v5 is beta, in v5', 'ProtocolError', beta, 5, 0],
    ['that v5 is beta, in v6', 'ProtocolError', beta, 6, 0],
  ] as const) {
    scenario(`R13 and says so by ${name}`, {}, async (world) => {
      const refusing = when((request) => request.version === 5).reply(
        withHeader(error(kind, { message }), { version: version | 0x80, streamId }),
      );
      const server = await world.server([refusing]);
      const session = await world.session(server);
      expect((await world.read(session).ended).error).toBeUndefined();
      expect([server.accepted, server.connections]).toEqual([3, 2]);
    });
  }

  scenario('R13 is no node for a session that speaks v5 only', {}, async (world) => {
    const server = await world.server([], V4_ONLY);
    for (const options of [{ protocolVersion: 5 }, { minimumProtocolVersion: 5 }] as const) {
      const session = world.unconnected({ contactPoints: [server.contactPoint], ...options });
      const { error: failure } = await world.read(session).ended;
      expect(failure).toMatchObject({ code: 'ERR_RXCQL_NO_HOST_AVAILABLE' });
      expect(failure!.message).toContain(`${server.contactPoint} does not speak protocol v5`);
    }
    expect(server.accepted).toBe(2);
  });
});

describe('a server that agrees on v5 and goes on without segments', () => {
  const bare: Rule = when((request) => request.version === 5 && request.opcode !== 'STARTUP').unsegmented();
  /** It reads segments no better than it writes them: what it is sent behind STARTUP it does not understand. */
  const rules = (at?: string): Rule[] =>
    at === undefined ? [bare] : [when(node(at).and((r) => r.version === 5)).unsegmented()];

  scenario('R14 is spoken to in v4, for the whole session, with one warning', {}, async (world) => {
    const server = await world.server(rules());
    const session = await world.session(server);
    await world.warmUp(session);
    expect([server.accepted, server.connections]).toEqual([3, 2]);
    expect(world.warnings).toEqual([expect.stringMatching(/agreed on protocol v5 .* the session goes on in v4/)]);
  });

  scenario('R14 also where it is one of several nodes', {}, async (world) => {
    const nodes = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }, { host: '127.0.0.3' }];
    const server = await world.server(rules('127.0.0.3'), { nodes });
    const versions = watchVersions(server);
    const session = await world.session(server);
    expect(await coordinators(world, session, 3)).toEqual(nodes.map(({ host }) => host));
    await until(() => server.connections === 4);
    versions.clear();
    await coordinators(world, session, 3);
    expect(new Set([...versions.values()].map(({ version }) => version))).toEqual(new Set([4]));
    expect(world.warnings.length).toBe(1);
  });
});

describe('a cluster of which one node speaks v4 only', () => {
  const NODES = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }, { host: '127.0.0.3', ...V4_ONLY }];
  const hosts = NODES.map(({ host }) => host);

  for (const [name, releaseVersion] of [
    ['as its version says', '3.11.17'],
    ['which only connecting shows', '5.0.5'],
  ] as const) {
    scenario(`R15 is spoken to in v4, ${name}`, {}, async (world) => {
      const nodes = NODES.map((one) => (one.host === '127.0.0.3' ? { ...one, releaseVersion } : one));
      const server = await world.server([], { nodes });
      const versions = watchVersions(server);
      const session = await world.session(server);
      expect(await coordinators(world, session, 3)).toEqual(hosts);
      await until(() => server.connections === 4);
      versions.clear();
      await coordinators(world, session, 3);
      expect(new Set([...versions.values()].map(({ version }) => version))).toEqual(new Set([4]));
      // The connection that watches the cluster is one of them: it is told of events, in v4.
      const told = firstValueFrom(session.events);
      server.push(event.schema({ change: 'CREATED', target: 'KEYSPACE', keyspace: 'shop' }));
      expect(await told).toMatchObject({ type: 'schemaChange', keyspace: 'shop' });
      expect(world.warnings).toEqual([]);
    });
  }

  for (const options of [{ protocolVersion: 5 }, { minimumProtocolVersion: 5 }] as const) {
    scenario(`R15 serves without it where v5 is forced, by ${Object.keys(options)[0]!}`, {}, async (world) => {
      const server = await world.server([], { nodes: NODES });
      const versions = watchVersions(server);
      const session = await world.session(server, options);
      const isDown = async (): Promise<boolean> => {
        const { nodes } = await firstValueFrom(session.topology);
        return nodes.some(({ address, isUp }) => address.startsWith('127.0.0.3:') && !isUp);
      };
      while (!(await isDown())) await pause(5);
      const found = await coordinators(world, session, 3);
      expect(found).toEqual(hosts.slice(0, 2));
      expect(world.warnings).toEqual([
        expect.stringMatching(/^127\.0\.0\.3:\d+ does not speak protocol v5: .* Nothing is sent to it\.$/),
      ]);
      // It is not asked again and again.
      expect([...versions.values()].filter(({ node: at }) => at.startsWith('127.0.0.3:'))).toEqual([]);
    });
  }

  scenario('R15 that joins later has to fit in', {}, async (world) => {
    const nodes = [{ host: '127.0.0.1' }, { host: '127.0.0.2', ...V4_ONLY }];
    let hasJoined = false;
    const server = await world.server(
      [
        when(opcode('QUERY').and(({ cql }) => !hasJoined && cql === 'SELECT * FROM system.peers_v2')).reply(
          rows({ peer: 'inet' }, []),
        ),
      ],
      { nodes },
    );
    const session = await world.session(server);
    hasJoined = true;
    server.push(event.added(`127.0.0.2:${server.port}`));
    await until(() => world.warnings.length > 0);
    expect(world.warnings).toEqual([expect.stringMatching(/^127\.0\.0\.2:\d+ does not speak protocol v5/)]);
    expect(await coordinators(world, session, 1)).toEqual(['127.0.0.1']);
    expect((await world.read(session).ended).page!.coordinator).toContain('127.0.0.1');
  });
});

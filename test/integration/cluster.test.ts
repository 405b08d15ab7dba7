import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import {
  type ClusterEvent,
  createSession,
  dcAware,
  hostFilter,
  type Page,
  type Session,
  type SessionOptions,
  type Topology,
} from 'rxcql';
import { type CassandraCluster, startCassandra } from 'rxcql/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isLong } from '../faults/long.js';
import { etlOnThreeNodes } from './etl-on-three-nodes.js';
import { nodeFaults } from './node-faults.js';

// Three nodes of one data center. What is asked of the session is compared with what the nodes themselves say.

const PLACE = { host: '127.0.3.1', port: 19_142, storagePort: 17_100 };
const KEYSPACE = 'rxcql_test_cluster';

describe('three nodes', { timeout: isLong ? 600_000 : 120_000 }, () => {
  let cluster: CassandraCluster;
  let stop: () => Promise<void>;
  const open: Session[] = [];

  function sessionWith(options: Partial<SessionOptions> = {}): Session {
    const session = createSession({ contactPoints: [cluster.contactPoints[0]!], port: PLACE.port, ...options });
    open.push(session);
    return session;
  }

  const run = (session: Session, ...args: Parameters<Session['execute']>): Promise<Page> =>
    lastValueFrom(session.execute(...args));
  const topologyWhere = (session: Session, holds: (topology: Topology) => boolean): Promise<Topology> =>
    firstValueFrom(session.topology.pipe(filter(holds)));
  /** A node may be up some moments before it is connected to; until then requests go to the others. */
  const connectedToAll = (session: Session): Promise<void> =>
    expect
      .poll(() => session.metrics.nodes.filter(({ connections }) => connections > 0).length, { timeout: 10_000 })
      .toBe(3);
  const ups = ({ nodes }: Topology): number => nodes.filter(({ isUp }) => isUp).length;

  beforeAll(async () => {
    await new Promise<void>((resolve, reject) => {
      // Otherwise a node that is busy reads from another replica, which may have been killed, though it has the row itself.
      const yaml = { dynamic_snitch: false };
      const running = startCassandra({ nodes: 3, yaml, ...PLACE }).subscribe({
        next: (started) => {
          cluster = started;
          stop = async () => {
            running.unsubscribe();
            await Promise.all(started.nodes.map(({ logs }) => lastValueFrom(logs, { defaultValue: '' })));
          };
          resolve();
        },
        error: reject,
      });
    });
    const session = sessionWith();
    await run(
      session,
      `CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    );
    await run(session, `CREATE TABLE ${KEYSPACE}.t (k int PRIMARY KEY, v int)`);
  }, 180_000);

  afterEach(async () => {
    for (const session of open.splice(0)) await lastValueFrom(session.close());
  });

  afterAll(async () => {
    await stop();
  }, 60_000);

  it('are found from one contact point, and all are used', async () => {
    const session = sessionWith();
    await lastValueFrom(session.connect());
    const { nodes, localDataCenter } = await topologyWhere(session, (topology) => ups(topology) === 3);
    expect(nodes.map(({ address }) => address).sort()).toEqual(cluster.nodes.map(({ address }) => address).sort());
    expect(new Set(nodes.map(({ hostId }) => hostId)).size).toBe(3);
    expect(nodes.every((node) => node.datacenter === localDataCenter && node.releaseVersion.startsWith('5.'))).toBe(
      true,
    );
    await connectedToAll(session);
    const coordinators = new Set<string>();
    for (let i = 0; i < 9; i++) coordinators.add((await run(session, 'SELECT key FROM system.local')).coordinator);
    expect(coordinators.size).toBe(3);
  });

  it('get the requests for their own partitions, one replica each', async () => {
    const session = sessionWith({ consistency: 'ONE' });
    await lastValueFrom(session.connect());
    await connectedToAll(session);
    await expect.poll(() => session.metadata.keyspaces.has(KEYSPACE)).toBe(true);
    const coordinators = new Set<string>();
    for (let k = 0; k < 200; k++) {
      const { coordinator } = await run(session, `SELECT v FROM ${KEYSPACE}.t WHERE k = ?`, [k]);
      coordinators.add(coordinator);
      const key = Buffer.alloc(4);
      key.writeInt32BE(k);
      expect(session.metadata.replicas(KEYSPACE, key).map(({ address }) => address)).toEqual([coordinator]);
    }
    expect(coordinators.size).toBe(3);
  });

  it('are chosen by policies, profiles and for one request', async () => {
    const [first, second] = cluster.nodes.map(({ address }) => address);
    const session = sessionWith({
      loadBalancing: hostFilter(({ address }) => address === first, dcAware()),
      profiles: { second: { loadBalancing: hostFilter(({ address }) => address === second, dcAware()) } },
    });
    const where = async (options?: object): Promise<string> =>
      (await run(session, 'SELECT key FROM system.local', [], options)).coordinator;
    for (let i = 0; i < 3; i++) expect(await where()).toBe(first);
    // It was not connected to before.
    expect(await where({ profile: 'second' })).toBe(second);
    expect(await where({ node: first })).toBe(first);
    await expect(where({ profile: 'third' })).rejects.toThrow('The session has no profile "third". There are: second.');
  });

  it('may go and come back, one by one, while requests go on', async () => {
    const session = sessionWith({ consistency: 'ONE' });
    await lastValueFrom(session.connect());
    await topologyWhere(session, (topology) => ups(topology) === 3);
    const events: ClusterEvent[] = [];
    session.events.subscribe((event) => events.push(event));
    const victim = cluster.nodes[0]!;
    let failures = 0;
    const over = { is: false };
    const load = (async () => {
      while (!over.is) {
        await run(session, 'SELECT key FROM system.local').catch(() => failures++);
      }
    })();
    await lastValueFrom(victim.kill(), { defaultValue: undefined });
    await topologyWhere(session, (topology) => ups(topology) === 2);
    await lastValueFrom(victim.start(), { defaultValue: undefined });
    await topologyWhere(session, (topology) => ups(topology) === 3);
    over.is = true;
    await load;
    expect(failures).toBe(0);
    const types = events.filter(({ type }) => type === 'nodeUp' || type === 'nodeDown').map(({ type }) => type);
    expect(types).toEqual(['nodeDown', 'nodeUp']);
  });

  it('are told of by events of the schema, on all of them', async () => {
    const session = sessionWith();
    await lastValueFrom(session.connect());
    const change = firstValueFrom(session.events.pipe(filter(({ type }) => type === 'schemaChange')));
    const page = await run(session, `CREATE TABLE ${KEYSPACE}.other (k int PRIMARY KEY)`);
    expect(page.schemaInAgreement).toBe(true);
    expect(await change).toMatchObject({ change: 'CREATED', target: 'TABLE', keyspace: KEYSPACE, name: 'other' });
    // A session that has changed the schema knows it when it is told that it has.
    expect(session.metadata.keyspaces.get(KEYSPACE)!.tables.has('other')).toBe(true);
    expect(session.metadata.exportCql(KEYSPACE, 'other')).toContain('CREATE TABLE');
  });

  it('that are of no use to anybody say so', async () => {
    const session = sessionWith({ localDataCenter: 'moon' });
    await expect(run(session, 'SELECT')).rejects.toThrow(
      'There is no data center "moon" in the cluster: there are "datacenter1".',
    );
    const nowhere = sessionWith({ loadBalancing: () => [] });
    await expect(run(nowhere, 'SELECT')).rejects.toThrow();
    const throwing = sessionWith({
      loadBalancing: () => {
        throw new Error('no idea');
      },
    });
    await expect(run(throwing, 'SELECT')).rejects.toThrow('no idea');
  });

  describe('whose tables are read and copied', () => {
    etlOnThreeNodes({ cluster: () => cluster, session: sessionWith });
  });

  // Last, since it is hard on them.
  describe('that fail', () => {
    nodeFaults({ cluster: () => cluster, session: sessionWith });
  });
});

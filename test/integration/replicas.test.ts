import { concatMap, from, lastValueFrom, map, mergeMap, type Subscription, toArray } from 'rxjs';
import { createSession, type Row, type Session } from 'rxcql';
import { type CassandraCluster, startCassandra } from 'rxcql/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Cassandra itself says on which nodes a partition is: `nodetool describering` for all of a keyspace, `getendpoints` for a key.
// What a session computes from the system tables has to be the same, in the same order, or requests go to the wrong nodes.

/** Who brings a cluster may have no Java. */
const real = describe.skipIf(Boolean(process.env['CASSANDRA_CONTACT_POINTS']));

const HOST = '127.0.0.61';
const KEYS = [0, 123_456_789];

/** Racks matter in the east, and that there are two data centers; one cluster has both, since starting one is what takes time. */
const LAYOUT = [
  { datacenter: 'east', rack: 'r1' },
  { datacenter: 'west', rack: 'r1' },
  { datacenter: 'east', rack: 'r1' },
  { datacenter: 'east', rack: 'r2' },
];
const KEYSPACES: Record<string, Record<string, string | number>> = {
  simple: { replication_factor: 2 },
  one: { east: 1 },
  two: { east: 2 },
  three: { east: 3 },
  both: { east: 1, west: 1 },
  all: { east: 2, west: 1 },
};

real('the replicas on four nodes, in two data centers and several racks', () => {
  let running: Subscription;
  let cluster: CassandraCluster;
  let session: Session;

  const rows = (cql: string): Promise<Row[]> =>
    lastValueFrom(
      session.query(cql).pipe(
        concatMap((page) => page),
        toArray(),
      ),
    );

  beforeAll(async () => {
    cluster = await new Promise((resolve, reject) => {
      // Nothing here has to outlive the nodes: writing each change of the schema to the disk would take seconds.
      const jvm = ['-Dcassandra.test.flush_local_schema_changes=false'];
      const options = { nodes: LAYOUT.length, host: HOST, layout: LAYOUT, jvm };
      running = startCassandra(options).subscribe({ next: resolve, error: reject });
    });
    session = createSession({ contactPoints: cluster.contactPoints.slice(0, 1), localDataCenter: 'east' });
    for (const [name, factors] of Object.entries(KEYSPACES)) {
      const strategy = name === 'simple' ? 'SimpleStrategy' : 'NetworkTopologyStrategy';
      const options = Object.entries({ class: strategy, ...factors }).map(([key, value]) => `'${key}': '${value}'`);
      await rows(`CREATE KEYSPACE ${name} WITH replication = {${options.join(', ')}}`);
      await rows(`CREATE TABLE ${name}.t (id int PRIMARY KEY)`);
    }
  }, 180_000);

  afterAll(async () => {
    await lastValueFrom(session.close());
    running.unsubscribe();
    for (const { logs } of cluster.nodes) await lastValueFrom(logs);
  });

  /** The replicas as the session knows them, without their ports. */
  const replicas = (keyspace: string, partition: bigint | Uint8Array): string[] =>
    session.metadata.replicas(keyspace, partition).map(({ address }) => address.split(':')[0]!);
  const nodetool = (...args: string[]): Promise<string> => lastValueFrom(cluster.nodes[0]!.nodetool(...args));

  it('are found for each range of the ring', async () => {
    const differences = from(Object.keys(KEYSPACES)).pipe(
      mergeMap(
        (keyspace) => from(nodetool('describering', keyspace)).pipe(map((text) => [keyspace, text] as const)),
        2,
      ),
      toArray(),
    );
    for (const [keyspace, text] of await lastValueFrom(differences)) {
      const ranges = [...text.matchAll(/end_token:(-?\d+), endpoints:\[([^\]]*)\]/g)];
      expect(ranges).toHaveLength(LAYOUT.length * 16);
      for (const [, end, endpoints] of ranges) {
        expect([keyspace, end, replicas(keyspace, BigInt(end!))]).toEqual([keyspace, end, endpoints!.split(', ')]);
      }
    }
  });

  it('are found for a key', async () => {
    const asked = from(Object.keys(KEYSPACES).flatMap((keyspace) => KEYS.map((key) => [keyspace, key] as const)));
    const answers = asked.pipe(
      mergeMap(
        ([keyspace, key]) =>
          from(nodetool('getendpoints', keyspace, 't', String(key))).pipe(map((text) => ({ keyspace, key, text }))),
        2,
      ),
      toArray(),
    );
    for (const { keyspace, key, text } of await lastValueFrom(answers)) {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(key);
      expect({ keyspace, key, ours: replicas(keyspace, bytes) }).toEqual({
        keyspace,
        key,
        ours: text.trim().split('\n'),
      });
    }
  });

  it('are nowhere in particular for what each node has for itself', () => {
    expect(replicas('system', 0n)).toEqual([]);
    expect(replicas('system_distributed', 0n)).not.toEqual([]);
  });
});

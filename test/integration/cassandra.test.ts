import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import {
  firstValueFrom,
  from,
  lastValueFrom,
  mergeMap,
  switchMap,
  timeout,
  type Observable,
  type Subscription,
} from 'rxjs';
import { connect, createSession } from 'rxcql';
import { startCassandra, type CassandraCluster, type CassandraOptions } from 'rxcql/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planCluster } from '../../src/testing/cassandra/cluster-plan.js';
import { answersCql } from '../../src/testing/cassandra/cql-probe.js';

// The kit against the real thing. The addresses are not those of the node that the other tests share.

const host = '127.0.0.51';
// Who brings a cluster may have no Java.
const kit = describe.skipIf(Boolean(process.env['CASSANDRA_CONTACT_POINTS']));
const running: Subscription[] = [];

function start(options: CassandraOptions = {}): Promise<CassandraCluster> {
  return new Promise((resolve, reject) => {
    running.push(startCassandra({ host, ...options }).subscribe({ next: resolve, error: reject }));
  });
}

/** Stops what was started and waits until it has gone. */
async function stop(cluster: CassandraCluster): Promise<void> {
  for (const subscription of running.splice(0)) subscription.unsubscribe();
  for (const { logs } of cluster.nodes) await lastValueFrom(logs);
}

const done = (observable: Observable<unknown>): Promise<unknown> =>
  lastValueFrom(observable, { defaultValue: undefined });

const answers = (address = host): Promise<unknown> =>
  done(answersCql({ host: address, port: 9042, tls: undefined, authentication: false }).pipe(timeout(2000)));

/** The lines of `nodetool status` about nodes: state, address, and at the end the rack. */
async function status(cluster: CassandraCluster): Promise<string[]> {
  const text = await lastValueFrom(cluster.nodes[0]!.nodetool('status'));
  return text.split('\n').filter((line) => /^[UD][NLJM]\s/.test(line));
}

kit('one node, with a directory', () => {
  let directory: string;
  let cluster: CassandraCluster;
  const node = (): CassandraCluster['nodes'][number] => cluster.nodes[0]!;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rxcql-directory-'));
    cluster = await start({ directory });
  });
  afterAll(async () => {
    await stop(cluster);
    rmSync(directory, { recursive: true, force: true });
  });

  it('answers as soon as it is there, and is up and normal', async () => {
    await answers();
    expect(await status(cluster)).toEqual([expect.stringMatching(/^UN\s+127\.0\.0\.51\s.*rack1\s*$/)]);
  });

  it('has a log, from its first line, also in a file', () => {
    const lines: string[] = [];
    node()
      .logs.subscribe((line) => lines.push(line))
      .unsubscribe();
    expect(lines.some((line) => line.endsWith('Cassandra version: 5.0.5'))).toBe(true);
    expect(readFileSync(join(cluster.directory, 'node1/logs/system.log'), 'utf8')).toContain(lines.at(-1));
  });

  it('tells what nodetool has against a command', async () => {
    await expect(done(node().nodetool('nonsense'))).rejects.toMatchObject({
      code: 'ERR_RXCQL_NODETOOL',
      exitCode: 1,
      message: expect.stringContaining('nonsense'),
    });
  });

  it('does not answer while it is paused, and does when resumed', async () => {
    await done(node().pause());
    await expect(answers()).rejects.toThrow('Timeout');
    await done(node().resume());
    await answers();
  });

  it('is killed, also when paused, and comes back', async () => {
    await done(node().pause());
    await done(node().kill());
    await expect(answers()).rejects.toThrow('ECONNREFUSED');
    await done(node().start());
    await answers();
  });

  it('has what it acknowledged, also when it was killed right afterwards', async () => {
    const ids = Array.from({ length: 100 }, (_, id) => id);
    const session = createSession({ contactPoints: [node().address] });
    await done(
      session.execute(`CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`),
    );
    await done(session.execute('CREATE TABLE kept.numbers (id int PRIMARY KEY)'));
    await done(from(ids).pipe(mergeMap((id) => session.execute('INSERT INTO kept.numbers (id) VALUES (?)', [id]), 16)));
    await done(node().kill());
    await done(session.close());
    await done(node().start());

    const found = connect({ contactPoints: [node().address] }).pipe(
      switchMap((again) => again.execute<{ id: number }>('SELECT id FROM kept.numbers')),
    );
    expect(
      (await firstValueFrom(found))
        .toArray()
        .map(({ id }) => id)
        .sort((a, b) => a - b),
    ).toEqual(ids);
  });

  it('is stopped in an orderly way, and comes back', async () => {
    const lines: string[] = [];
    const log = node().logs.subscribe((line) => lines.push(line));
    await done(node().stop());
    log.unsubscribe();
    expect(lines.some((line) => line.endsWith('DRAINED'))).toBe(true);
    await expect(answers()).rejects.toThrow('ECONNREFUSED');
    await done(node().start());
    await answers();
  });

  it('has what it has stored, when a cluster is started again with its directory', async () => {
    const hostId = async () => /^ID\s+: (.*)$/m.exec(await lastValueFrom(node().nodetool('info')))?.[1];
    const id = await hostId();
    expect(id).toMatch(/^[\da-f-]{36}$/);
    for (const subscription of running.splice(0)) subscription.unsubscribe();
    cluster = await start({ directory }); // waits for the first to have gone
    expect(await hostId()).toBe(id);
  });
});

kit('two nodes that talk TLS with each client they know', () => {
  let files: Record<'ca' | 'cert' | 'key', string>;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rxcql-tls-'));
    files = certificates(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are ready when one can log in to each, and they have the layout that was asked for', async () => {
    const cluster = await start({
      nodes: 2,
      layout: [
        { datacenter: 'east', rack: 'r1' },
        { datacenter: 'west', rack: 'r2' },
      ],
      authentication: true,
      tls: { ...files, requireClient: true },
    });
    expect(cluster.localDataCenter).toBe('east');
    expect(await status(cluster)).toEqual([
      expect.stringMatching(/^UN\s+127\.0\.0\.51\s.*r1\s*$/),
      expect.stringMatching(/^UN\s+127\.0\.0\.52\s.*r2\s*$/),
    ]);

    const tls = planCluster({ tls: { ...files } }).tls!;
    for (const address of [host, '127.0.0.52']) {
      await done(answersCql({ host: address, port: 9042, tls, authentication: true }));
      // The certificate is one that a careful client accepts.
      const socket = connectTls({ host: address, port: 9042, ...tls });
      await once(socket, 'secureConnect');
      expect(socket.getProtocol()).toBe('TLSv1.3');
      socket.destroy();
    }
    await expect(answers()).rejects.toThrow();
    const stranger = connectTls({ host, port: 9042, ca: tls.ca });
    await expect(once(stranger.resume(), 'end')).rejects.toThrow(/certificate required|bad certificate/i);
    await stop(cluster);
  });
});

kit('a node that cannot start', () => {
  it('says why', async () => {
    const error = await start({ yaml: { nonsense: true } }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_RXCQL_CASSANDRA_START', node: `${host}:9042` });
    expect((error as Error).message).toMatch(/ended \(exit code \d+\) before it answered CQL[^]*nonsense/);
  });
});

/** A certificate authority, and a certificate of it for the nodes and their clients. */
function certificates(folder: string): Record<'ca' | 'cert' | 'key', string> {
  const openssl = (...parameters: string[]): unknown =>
    execFileSync('openssl', parameters, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.51,IP:127.0.0.52');
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority', '-days', '2');
  openssl('req', ...newKey, '-keyout', 'node.key', '-out', 'node.csr', '-subj', '/CN=node');
  openssl(
    ...['x509', '-req', '-in', 'node.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-extfile', 'names', '-out', 'node.pem', '-days', '2'],
  );
  return { ca: join(folder, 'ca.pem'), cert: join(folder, 'node.pem'), key: join(folder, 'node.key') };
}

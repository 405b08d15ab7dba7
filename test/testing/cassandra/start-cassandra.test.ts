import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { firstValueFrom, lastValueFrom, toArray, type Observable, type Subscription } from 'rxjs';
import { startCassandra, type CassandraCluster, type CassandraOptions } from 'rxcql/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeEnvironment, scratch } from './fake-java.js';
import { isAlive, processState } from './processes.js';

// The whole life of a cluster, with a program in place of Cassandra that takes no time to start.

const host = '127.0.0.91';
let environment: Record<string, string>;
const clusters: Subscription[] = [];

beforeAll(() => {
  environment = fakeEnvironment();
});
beforeEach(() => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  for (const cluster of clusters.splice(0)) cluster.unsubscribe();
  vi.unstubAllEnvs();
});

/** Starts a cluster that is stopped after the test. */
function start(options: CassandraOptions = {}): Promise<CassandraCluster> {
  return new Promise((resolve, reject) => {
    clusters.push(startCassandra({ host, ...options }).subscribe({ next: resolve, error: reject }));
  });
}

const done = (observable: Observable<unknown>): Promise<unknown> =>
  lastValueFrom(observable, { defaultValue: undefined });

async function linesSoFar(node: CassandraCluster['nodes'][number]): Promise<string[]> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const lines: string[] = [];
  node.logs.subscribe((line) => lines.push(line)).unsubscribe();
  return lines;
}

async function pids(node: CassandraCluster['nodes'][number]): Promise<number[]> {
  return (await linesSoFar(node)).filter((line) => line.startsWith('pid ')).map((line) => Number(line.slice(4)));
}

describe('startCassandra', () => {
  it('emits once all nodes answer, and tells where they are', async () => {
    const cluster = await start({
      nodes: 2,
      layout: [
        { datacenter: 'east', rack: 'r1' },
        { datacenter: 'west', rack: 'r2' },
      ],
    });
    expect(cluster.contactPoints).toEqual([`${host}:9042`, '127.0.0.92:9042']);
    expect(cluster.localDataCenter).toBe('east');
    expect(cluster.nodes.map(({ address, datacenter, rack }) => [address, datacenter, rack])).toEqual([
      [`${host}:9042`, 'east', 'r1'],
      ['127.0.0.92:9042', 'west', 'r2'],
    ]);
  });

  it('is cold: each subscription starts a cluster of its own', async () => {
    const source = startCassandra({ host });
    expect(existsSync(join(environment['RXCQL_CASSANDRA_CACHE']!, 'cassandra-5.0.5'))).toBe(true);
    const first = await firstValueFrom(source); // leaves, and with that stops it
    const second = await firstValueFrom(source);
    expect(second.directory).not.toBe(first.directory);
  });

  it('stops when left, removes the temporary folder, and then completes the logs', async () => {
    const cluster = await start();
    const [pid] = await pids(cluster.nodes[0]!);
    clusters.pop()!.unsubscribe();
    await done(cluster.nodes[0]!.logs);
    expect(isAlive(pid!)).toBe(false);
    await vi.waitFor(() => expect(existsSync(cluster.directory)).toBe(false));
  });

  it('waits for the addresses of a cluster that is still on its way out', async () => {
    // With a directory the stop is an orderly one, and the stubborn node takes its time.
    await start({ directory: scratch() });
    clusters.pop()!.unsubscribe();
    await start();
  });

  it('keeps a directory, stops its nodes with SIGTERM, and says when it holds another number of nodes', async () => {
    const directory = scratch();
    const cluster = await start({ directory });
    expect(cluster.directory).toBe(directory);
    clusters.pop()!.unsubscribe();
    expect(await lastValueFrom(cluster.nodes[0]!.logs)).toBe('SIGTERM');
    expect(existsSync(join(directory, 'node1/conf/cassandra.yaml'))).toBe(true);
    await expect(start({ directory, nodes: 2 })).rejects.toThrow(
      `'${directory}' holds a cluster of 1 nodes: start it with nodes: 1, or choose another directory.`,
    );
  });

  it('waits until one can log in', async () => {
    const cluster = await start({ authentication: true });
    const yaml = JSON.parse(readFileSync(join(cluster.directory, 'node1/conf/cassandra.yaml'), 'utf8'));
    expect(yaml.authenticator).toBe('PasswordAuthenticator');
  });

  it('errors before anything is started when an option is wrong', async () => {
    const error = await start({ nodes: 0 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'ERR_RXCQL_CONFIGURATION' });
  });

  it('names the address and the port that are in use', async () => {
    const server = createServer().listen(9042, '127.0.0.93');
    const error = await start({ host: '127.0.0.93' }).catch((reason: unknown) => reason);
    server.close();
    expect(error).toMatchObject({ code: 'ERR_RXCQL_PORT_IN_USE', host: '127.0.0.93', port: 9042 });
    expect((error as Error).message).toContain('Port 9042 of 127.0.0.93 is in use');
  });

  it('refuses the addresses of a cluster that runs', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'ERR_RXCQL_PORT_IN_USE', port: 9042 });
    await start({ port: 9142, storagePort: 7100 });
    await start({ host: '127.0.0.92' });
  });

  it('shows the end of the log of a node that ends, without stack frames', async () => {
    const error = await start({ yaml: { fake: { dies: 'Invalid yaml' } } }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_RXCQL_CASSANDRA_START', node: `${host}:9042` });
    expect((error as Error).message).toMatch(
      /^Node 127\.0\.0\.91:9042 ended \(exit code 3\) before it answered CQL\. The end of its log:\n {2}pid \d+\n {2}ConfigurationException: Invalid yaml$/,
    );
  });

  it('gives up on a node that does not answer in time, and stops the others', async () => {
    const error = await start({ yaml: { fake: { silent: true } }, startTimeout: 400 }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'ERR_RXCQL_CASSANDRA_START' });
    expect((error as Error).message).toMatch(
      /has not answered CQL within 400 ms \(connect ECONNREFUSED.*\)\. The end of/,
    );
    const pid = Number(/pid (\d+)/.exec((error as Error).message)?.[1]);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  });
});

describe('a node', () => {
  it('is killed, and started again at the same address', async () => {
    const { nodes } = await start();
    const node = nodes[0]!;
    await done(node.kill());
    const [first] = await pids(node);
    expect(isAlive(first!)).toBe(false);
    await done(node.kill()); // nothing left to do
    await done(node.start());
    const [, second] = await pids(node);
    expect(isAlive(second!)).toBe(true);
  });

  it('tells when its process has ended, and whether that was wanted', async () => {
    const node = (await start()).nodes[0]!;
    const exits: unknown[] = [];
    node.exits.subscribe((exit) => exits.push(exit));
    const [first] = await pids(node);
    process.kill(first!, 'SIGKILL');
    await vi.waitFor(() => expect(exits).toEqual([{ exitCode: null, signal: 'SIGKILL', isWanted: false }]));
    await done(node.start());
    await done(node.kill());
    expect(exits.slice(1)).toEqual([{ exitCode: null, signal: 'SIGKILL', isWanted: true }]);
  });

  it('is started again while it is still being killed', async () => {
    const node = (await start()).nodes[0]!;
    node.kill().subscribe();
    await done(node.start());
    expect(await pids(node)).toHaveLength(2);
  });

  it('may be started when it runs: it answers already', async () => {
    const node = (await start()).nodes[0]!;
    await done(node.start());
    expect(await pids(node)).toHaveLength(1);
  });

  it('is paused and resumed', async () => {
    const node = (await start()).nodes[0]!;
    const [pid] = await pids(node);
    await done(node.pause());
    await vi.waitFor(() => expect(processState(pid!)).toBe('T'));
    await expect(done(node.start())).rejects.toMatchObject({ code: 'ERR_RXCQL_CASSANDRA_NODE_STATE' });
    await done(node.resume());
    await vi.waitFor(() => expect(processState(pid!)).not.toBe('T'));
    await done(node.start());
  });

  it('can be killed, stopped and left while it is paused', async () => {
    const node = (await start({ directory: scratch() })).nodes[0]!;
    for (const end of [node.kill(), node.stop()]) {
      await done(node.pause());
      await done(end);
      await done(node.start());
    }
    await done(node.pause());
    clusters.pop()!.unsubscribe();
    await done(node.logs);
    expect((await pids(node)).filter(isAlive)).toEqual([]);
  });

  it('is drained and terminated by stop', async () => {
    const node = (await start()).nodes[0]!;
    await done(node.stop());
    expect((await linesSoFar(node)).at(-1)).toBe('SIGTERM');
    await done(node.stop()); // nothing left to do
  });

  it('cannot be paused or resumed when it does not run', async () => {
    const node = (await start()).nodes[0]!;
    await done(node.kill());
    for (const call of [node.pause(), node.resume()]) {
      await expect(done(call)).rejects.toThrow(`Node ${host}:9042 is not running.`);
    }
  });

  it('cannot be started once its cluster is stopped', async () => {
    const node = (await start()).nodes[0]!;
    clusters.pop()!.unsubscribe();
    await expect(done(node.start())).rejects.toThrow(`The cluster of node ${host}:9042 is stopped.`);
  });

  it('does nothing until it is told to: its methods are cold', async () => {
    const node = (await start()).nodes[0]!;
    const kill = node.kill();
    node.stop();
    node.pause();
    await done(node.start());
    expect(await pids(node)).toHaveLength(1);
    await done(kill);
    expect((await pids(node)).filter(isAlive)).toEqual([]);
  });

  it('emits what nodetool writes, or errors with its exit code', async () => {
    const node = (await start()).nodes[0]!;
    expect(await lastValueFrom(node.nodetool('settimeout', 'read').pipe(toArray()))).toEqual(['did read\n']);
    await expect(done(node.nodetool('fail'))).rejects.toMatchObject({
      code: 'ERR_RXCQL_NODETOOL',
      exitCode: 2,
      stdout: 'what it said\n',
      stderr: 'what went wrong\n',
      message: `nodetool fail on node ${host}:9042 failed (exit code 2).\n  what it said\n  what went wrong`,
    });
  });
});

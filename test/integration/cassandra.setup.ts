/**
 * One Cassandra for the whole integration run: the cluster that CASSANDRA_CONTACT_POINTS names (`host[:port]`, separated by
 * commas; its data center in CASSANDRA_LOCAL_DC), or a node started here. A test finds it with
 * `inject('contactPoints')`, `inject('port')` and `inject('localDataCenter')`.
 */
import { lastValueFrom } from 'rxjs';
import { startCassandra, type CassandraCluster } from 'rxcql/testing';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** As `host:port`. */
    contactPoints: string[];
    /** The port of the contact points, for those who want the parts. */
    port: number;
    localDataCenter: string;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['CASSANDRA_CONTACT_POINTS'];
  if (given) {
    const contactPoints = given
      .split(',')
      .map((point) => (/:\d+$/.test(point) ? point.trim() : `${point.trim()}:9042`));
    provide(project, contactPoints, process.env['CASSANDRA_LOCAL_DC'] ?? 'datacenter1');
    return undefined;
  }
  const { cluster, stop } = await start();
  provide(project, cluster.contactPoints, cluster.localDataCenter);
  return stop;
}

function provide(project: TestProject, contactPoints: readonly string[], localDataCenter: string): void {
  project.provide('contactPoints', [...contactPoints]);
  project.provide('port', Number(contactPoints[0]!.split(':').at(-1)));
  project.provide('localDataCenter', localDataCenter);
}

/** Beside a Cassandra on the usual ports, which the examples start. */
const BESIDE = { port: 19_042, storagePort: 17_000 };

function start(): Promise<{ cluster: CassandraCluster; stop: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const running = startCassandra(BESIDE).subscribe({
      next: (cluster) =>
        resolve({
          cluster,
          stop: async () => {
            running.unsubscribe();
            await lastValueFrom(cluster.nodes[0]!.logs);
          },
        }),
      error: reject,
    });
  });
}

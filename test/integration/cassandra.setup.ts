/**
 * One Cassandra for the whole integration run: the cluster that CASSANDRA_CONTACT_POINTS names (`host[:port]`, separated by
 * commas; its data center in CASSANDRA_LOCAL_DC), or a node started here; with RXCQL_TEST_SECURE one that asks for a password, in TLS
 * with certificates of clients. A test finds it in `shared-node.ts`.
 */
import { lastValueFrom } from 'rxjs';
import { type CassandraCluster, type CassandraOptions, startCassandra } from 'rxcql/testing';
import type { TestProject } from 'vitest/node';
import { Certificates } from '../support/certificates.js';

/** What sessions need at a node that asks who they are, as options. */
interface Security {
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  readonly auth: { readonly username: string; readonly password: string; readonly required: true };
}

declare module 'vitest' {
  interface ProvidedContext {
    /** As `host:port`. */
    contactPoints: string[];
    localDataCenter: string;
    security: Security | undefined;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['CASSANDRA_CONTACT_POINTS'];
  const isSecure = Boolean(process.env['RXCQL_TEST_SECURE']);
  if (given && isSecure) {
    throw new Error('With RXCQL_TEST_SECURE a Cassandra is started: leave out CASSANDRA_CONTACT_POINTS.');
  }
  if (given) {
    const contactPoints = given
      .split(',')
      .map((point) => (/:\d+$/.test(point) ? point.trim() : `${point.trim()}:9042`));
    provide(project, contactPoints, process.env['CASSANDRA_LOCAL_DC'] ?? 'datacenter1');
    return undefined;
  }
  const certificates = isSecure ? new Certificates() : undefined;
  const { options, security } = certificates === undefined ? {} : secured(certificates);
  const jvm = [...SHORT_LIVED.jvm, ...(options?.jvm ?? [])];
  const { cluster, stop } = await start({ ...BESIDE, ...SHORT_LIVED, ...options, jvm });
  provide(project, cluster.contactPoints, cluster.localDataCenter, security);
  return async () => {
    await stop();
    certificates?.remove();
  };
}

function provide(
  project: TestProject,
  contactPoints: readonly string[],
  localDataCenter: string,
  security?: Security,
): void {
  project.provide('contactPoints', [...contactPoints]);
  project.provide('localDataCenter', localDataCenter);
  project.provide('security', security);
}

/** Beside a Cassandra on the usual ports, which the examples start. */
const BESIDE = { port: 19_042, storagePort: 17_000 };

/** It is never started again: to wait until what is written, rows or the schema, is on the disk would be for nothing. */
const SHORT_LIVED = {
  jvm: ['-Dcassandra.test.flush_local_schema_changes=false'],
  yaml: { commitlog_sync: 'periodic', commitlog_sync_period: '10s' },
};

function secured(certificates: Certificates): { options: CassandraOptions; security: Security } {
  const authority = certificates.make({ isAuthority: true });
  const node = certificates.make({ names: 'IP:127.0.0.1', authority });
  const client = certificates.make({ authority });
  return {
    options: {
      authentication: true,
      tls: { ca: authority.certFile, cert: node.certFile, key: node.keyFile, requireClient: true },
      // A login takes a quarter of a second of CPU time otherwise, and there are hundreds.
      jvm: ['-Dcassandra.auth_bcrypt_gensalt_log2_rounds=4'],
    },
    security: {
      tls: { ca: authority.cert, cert: client.cert, key: client.key },
      auth: { username: 'cassandra', password: 'cassandra', required: true },
    },
  };
}

function start(options: CassandraOptions): Promise<{ cluster: CassandraCluster; stop: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const running = startCassandra(options).subscribe({
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

import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Observable } from 'rxjs';
import { anotherCassandra } from './another-cassandra.js';
import { fetchJars } from './fetch-jars.js';

/** The folder of the versions of Cassandra that were fetched. */
export function cassandraCache(env: NodeJS.ProcessEnv = process.env): string {
  return env['RXCQL_CASSANDRA_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'rxcql');
}

/**
 * Emits the folder of Cassandra's jars. Has Maven fetch them the first time, with the user's own settings; afterwards they
 * are in the cache. Errors with a ConfigurationError if Maven is needed but not there, a CassandraFetchError if it fails.
 */
export function fetchCassandra(version: string, env: NodeJS.ProcessEnv = process.env): Observable<string> {
  return fetchJars(
    {
      title: `Apache Cassandra ${version}`,
      folder: join(cassandraCache(env), `cassandra-${version}`),
      group: 'org.apache.cassandra',
      artifacts: ['cassandra-all'],
      version,
      otherwise: anotherCassandra,
    },
    env,
  );
}

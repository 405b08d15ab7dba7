import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { defer, finalize, map, of, type Observable } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { anotherCassandra } from './another-cassandra.js';
import { depart } from './departures.js';
import { CassandraFetchError } from './errors.js';
import { lastLines } from './last-lines.js';
import { runCommand } from './run-command.js';
import { temporaryFolder } from './temporary-folder.js';

/** The folder of the versions of Cassandra that were fetched. */
export function cassandraCache(env: NodeJS.ProcessEnv = process.env): string {
  return env['RXCQL_CASSANDRA_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'rxcql');
}

/**
 * Emits the folder of Cassandra's jars. Has Maven fetch them the first time, with the user's own settings; afterwards they
 * are in the cache. Errors with a ConfigurationError if Maven is needed but not there, a CassandraFetchError if it fails.
 */
export function fetchCassandra(version: string, env: NodeJS.ProcessEnv = process.env): Observable<string> {
  return defer(() => {
    const cache = cassandraCache(env);
    const folder = join(cache, `cassandra-${version}`);
    if (existsSync(folder)) return of(folder);

    // A folder is renamed whole or not at all: what bears the final name is complete, whatever interrupts this.
    mkdirSync(cache, { recursive: true });
    const draft = temporaryFolder(join(cache, `.cassandra-${version}-`));
    const jars = join(draft.path, 'jars');
    const pom = join(draft.path, 'pom.xml');
    writeFileSync(pom, pomOf(version));
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${jars}`];
    return runCommand('mvn', ['-B', '-q', '-ntp', '-f', pom, ...goal], { env }).pipe(
      map(({ exitCode, signal, stdout, stderr }) => {
        if (exitCode === 127) throw mavenMissing(version, folder);
        if (exitCode !== 0 || !existsSync(join(jars, `cassandra-all-${version}.jar`))) {
          throw new CassandraFetchError(
            `Maven could not fetch Apache Cassandra ${version} (${signal ?? `exit code ${exitCode}`}). What it said last:` +
              lastLines(withoutAdvice(`${stdout}\n${stderr}`), 10),
          );
        }
        moveIntoPlace(jars, folder);
        return folder;
      }),
      finalize(() => depart(draft.remove())),
    );
  });
}

function moveIntoPlace(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another process was faster: its folder is as good as ours.
    if (!existsSync(folder)) throw error;
  }
}

/** The lines without those that come with every failure. */
function withoutAdvice(output: string): readonly string[] {
  return stripVTControlCharacters(output)
    .split('\n')
    .filter((line) => !/^\[ERROR\] (\[Help|To see|Re-run|For more|$)/.test(line));
}

function mavenMissing(version: string, folder: string): ConfigurationError {
  return new ConfigurationError(
    `Apache Cassandra ${version} is not in ${folder} yet, and Maven, which would fetch it, was not found on the PATH: ` +
      `install Maven (mvn), or ${anotherCassandra}`,
  );
}

const pomOf = (version: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>rxcql</groupId>
  <artifactId>cassandra</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.cassandra</groupId>
      <artifactId>cassandra-all</artifactId>
      <version>${version}</version>
      <scope>runtime</scope>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.8.1</version>
      </plugin>
    </plugins>
  </build>
</project>
`;

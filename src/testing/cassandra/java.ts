import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { concat, concatMap, defer, filter, from, map, take, tap, throwIfEmpty, type Observable } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { anotherCassandra } from './another-cassandra.js';
import { runCommand } from './run-command.js';

/** Where Java is looked for when neither a variable nor the PATH names a fitting one. */
const usualHomes = (): string[] => [
  ...subfolders('/usr/lib/jvm'),
  ...subfolders('/Library/Java/JavaVirtualMachines').map((folder) => join(folder, 'Contents/Home')),
  ...subfolders(join(homedir(), '.sdkman/candidates/java')),
];

/** The major versions of Java on which a version of Cassandra runs. Newer ones lack the security manager that it installs. */
export function javaVersions(cassandraVersion: string): readonly number[] {
  return cassandraVersion.startsWith('4.') ? [11] : [11, 17];
}

/**
 * Emits the command of the first Java that can run this version of Cassandra: `CASSANDRA_JAVA_HOME`, `JAVA_HOME`, `java`
 * on the PATH, then the usual folders. Errors with a ConfigurationError that says what was found if there is none.
 */
export function findJava(
  cassandraVersion: string,
  env: NodeJS.ProcessEnv = process.env,
  homes: () => readonly string[] = usualHomes,
): Observable<string> {
  const needed = javaVersions(cassandraVersion);
  const inHome = (home: string | undefined): string[] => (home ? [join(home, 'bin', 'java')] : []);
  const found: string[] = [];
  return concat(
    from([...inHome(env['CASSANDRA_JAVA_HOME']), ...inHome(env['JAVA_HOME']), 'java']),
    defer(() => homes().flatMap(inHome).filter(existsSync)),
  ).pipe(
    concatMap((command) => javaVersion(command, env).pipe(map((version) => ({ command, version })))),
    tap(({ command, version }) => version !== undefined && found.push(`${command} is version ${version}`)),
    filter(({ version }) => version !== undefined && needed.includes(version)),
    map(({ command }) => command),
    take(1),
    throwIfEmpty(
      () =>
        new ConfigurationError(
          `Apache Cassandra ${cassandraVersion} needs Java ${needed.join(' or ')}, which was not found ` +
            `(${found.length === 0 ? 'there is no Java here' : found.join(', ')}): install it and set JAVA_HOME to its ` +
            `folder, or ${anotherCassandra}`,
        ),
    ),
  );
}

/** The major version of a Java, undefined if there is none under this name. */
function javaVersion(command: string, env: NodeJS.ProcessEnv): Observable<number | undefined> {
  return runCommand(command, ['-version'], { env }).pipe(
    map(({ stderr }) => /version "(?:1\.)?(\d+)/.exec(stderr)?.[1]),
    map((major) => (major === undefined ? undefined : Number(major))),
  );
}

function subfolders(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

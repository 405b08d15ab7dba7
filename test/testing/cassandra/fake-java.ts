import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A new folder, which goes when the tests of the file are over. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rxcql-test-'));
  folders.push(folder);
  return folder;
}

/** Writes an executable shell script, with the folders that lead to it. */
export function writeScript(path: string, body: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

/** A Java home whose `java` says to be of this version, and does nothing else. */
export function javaHome(home: string, version: string): string {
  writeScript(join(home, 'bin', 'java'), `echo 'openjdk version "${version}" 2021-01-01' >&2`);
  return home;
}

/**
 * The environment in which `startCassandra` starts fake-cassandra.mjs: a Java that runs it, and a cache that seems filled.
 * `nodetool` echoes its arguments, and fails when told to.
 */
export function fakeEnvironment(version = '5.0.5'): Record<string, string> {
  const root = scratch();
  const daemon = fileURLToPath(new URL('fake-cassandra.mjs', import.meta.url));
  writeScript(
    join(root, 'java/bin/java'),
    `case "$*" in
      -version) echo 'openjdk version "17.0.1" 2021-10-19' >&2 ;;
      *NodeTool*fail*) echo 'what it said'; echo 'what went wrong' >&2; exit 2 ;;
      *NodeTool*) for last; do :; done; echo "did $last" ;;
      *) exec '${process.execPath}' '${daemon}' "$@" ;;
    esac`,
  );
  mkdirSync(join(root, 'cache', `cassandra-${version}`), { recursive: true });
  return { CASSANDRA_JAVA_HOME: join(root, 'java'), RXCQL_CASSANDRA_CACHE: join(root, 'cache') };
}

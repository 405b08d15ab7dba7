import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { firstValueFrom } from 'rxjs';
import { findJava } from '../../../../src/testing/cassandra/java.js';
import { cassandraCache } from '../../../../src/testing/cassandra/maven.js';
import type { Call, Place, Tool } from '../works.js';

const VERSION = '1.10.0';
const MODULES = ['runner', 'connectors-csv', 'codecs-text', 'batcher-reactor', 'executor-reactor', 'workflow-load', 'workflow-unload']; // prettier-ignore
const MAIN = 'com.datastax.oss.dsbulk.runner.DataStaxBulkLoader';
/** Fixed, so that what it takes does not depend on the memory of the machine. */
export const DSBULK_HEAP = '1g';

/** The bulk loader that people know, with its defaults. Maven fetches it the first time. */
export async function dsbulk(folderOfLogs: string): Promise<Tool> {
  const java = await firstValueFrom(findJava('5.0'));
  const jars = await fetched();
  const call = (command: string, { host, port, localDataCenter, keyspace, table }: Place, url: string): Call => [
    java,
    ...[`-Xmx${DSBULK_HEAP}`, '-cp', join(jars, '*'), MAIN, command],
    ...['-h', host, '-port', String(port), '-dc', localDataCenter, '-k', keyspace, '-t', table],
    ...['-url', url, '-logDir', folderOfLogs],
  ];
  return {
    name: 'dsbulk',
    version: VERSION,
    unload: (place, target) => call('unload', place, target),
    load: (place, file) => call('load', place, file),
  };
}

async function fetched(): Promise<string> {
  const cache = cassandraCache();
  const folder = join(cache, `dsbulk-${VERSION}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, `.dsbulk-${VERSION}-`));
  try {
    const pom = join(draft, 'pom.xml');
    const jars = join(draft, 'jars');
    writeFileSync(pom, POM);
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${jars}`, '-DincludeScope=runtime'];
    await promisify(execFile)('mvn', ['-B', '-q', '-ntp', '-f', pom, ...goal]);
    // Whole or not at all.
    renameSync(jars, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

const dependencies = MODULES.map(
  (module) => `
    <dependency>
      <groupId>com.datastax.oss</groupId>
      <artifactId>dsbulk-${module}</artifactId>
      <version>${VERSION}</version>
    </dependency>`,
).join('');

const POM = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>rxcql</groupId>
  <artifactId>dsbulk</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>${dependencies}
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

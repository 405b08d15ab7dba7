import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { fetchJars } from '../../../../src/testing/cassandra/fetch-jars.js';
import { findJava } from '../../../../src/testing/cassandra/java.js';
import { cassandraCache } from '../../../../src/testing/cassandra/fetch-cassandra.js';
import type { Call, Place, Tool } from '../works.js';

const VERSION = '1.10.0';
const MODULES = ['runner', 'connectors-csv', 'codecs-text', 'batcher-reactor', 'executor-reactor', 'workflow-load', 'workflow-unload']; // prettier-ignore
const MAIN = 'com.datastax.oss.dsbulk.runner.DataStaxBulkLoader';
/** Fixed, so that what it takes does not depend on the memory of the machine. */
export const DSBULK_HEAP = '1g';

/** The bulk loader that people know, with its defaults. Maven fetches it the first time. */
export async function dsbulk(folderOfLogs: string): Promise<Tool> {
  const java = await firstValueFrom(findJava('5.0'));
  const jars = await firstValueFrom(
    fetchJars({
      title: `dsbulk ${VERSION}`,
      folder: join(cassandraCache(), `dsbulk-${VERSION}`),
      group: 'com.datastax.oss',
      artifacts: MODULES.map((name) => `dsbulk-${name}`),
      version: VERSION,
    }),
  );
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

// Three nodes of Cassandra that are killed, paused and drained one after another while a driver works on them:
// `npm run soak [-- --minutes 10 --seed 1 --rate 2000 --drivers rxcql,cassandra-driver]`. Ours first, and then the popular
// one under the same faults. Ours has to meet what requirements.ts says; if it does not, the exit code is 1.
// `npm run soak -- scenarios` runs the scenarios of docs/reliability.md in their long forms instead.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { concatMap, defer, from, lastValueFrom, take } from 'rxjs';
import { createSession } from 'rxcql';
import { type CassandraCluster, startCassandra } from 'rxcql/testing';
import { chaos } from './chaos.js';
import { report } from './report.js';
import { shortcomings } from './requirements.js';
import { verify, writeKnown } from './verify.js';
import { keyspaceOf, schemaOf } from './workload.js';

const OURS = 'rxcql';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '2000' },
    drivers: { type: 'string', default: `${OURS},cassandra-driver` },
    host: { type: 'string', default: '127.0.34.1' },
    port: { type: 'string', default: '9442' },
    'storage-port': { type: 'string', default: '7400' },
  },
});

function number(name: 'minutes' | 'seed' | 'rate', least: number): number {
  const value = Number(values[name]);
  if (!(value >= least)) throw new RangeError(`--${name} is a number, ${least} or more.`);
  return value;
}

const settings = { minutes: number('minutes', 0.1), seed: number('seed', 0), rate: number('rate', 1) };
const drivers = values.drivers.split(',');

/** It is not what a busy machine takes for its work that is to be found out: the nodes have time. */
const PATIENT = {
  read_request_timeout: '10s',
  range_request_timeout: '10s',
  write_request_timeout: '10s',
  counter_write_request_timeout: '10s',
};

/** What is wrong with our driver. */
async function test(driver: string, cluster: CassandraCluster): Promise<string[]> {
  const { contactPoints, localDataCenter } = cluster;
  const session = createSession({ contactPoints, localDataCenter });
  const keyspace = keyspaceOf(driver);
  for (const statement of schemaOf(keyspace)) await lastValueFrom(session.execute(statement));
  await writeKnown(session, keyspace);
  console.log(`\n${driver}, ${settings.rate} operations a second\n`);
  const observed = await chaos(cluster, { ...settings, driver, log: console.log });
  const verification = await verify(session, keyspace, observed.result.books);
  await lastValueFrom(session.close());
  console.log(`\n${report(observed, verification)}`);
  const found = shortcomings(observed, verification);
  if (found.length === 0) return [];
  console.log(`\n${driver === OURS ? 'failed' : 'not as is required of ours'}:`);
  for (const shortcoming of found.slice(0, 40)) console.log(`  ${shortcoming}`);
  return driver === OURS ? found : [];
}

async function run(cluster: CassandraCluster): Promise<void> {
  console.log(
    `Node ${process.version}, three nodes of Cassandra on the same machine, ${settings.minutes} minutes, seed ${settings.seed}`,
  );
  for (const driver of drivers) if ((await test(driver, cluster)).length > 0) process.exitCode = 1;
}

function runScenarios(): number | null {
  const env = { ...process.env, RXCQL_LONG_SCENARIOS: '1' };
  const files = ['test/faults', 'test/integration/cluster.test.ts'];
  const args = ['vitest', 'run', '--project', 'faults', '--project', 'integration', ...files];
  return spawnSync('npx', args, { env, stdio: 'inherit' }).status;
}

if (positionals[0] === 'scenarios') process.exit(runScenarios() ?? 1);

await lastValueFrom(
  startCassandra({
    nodes: 3,
    host: values.host,
    port: Number(values.port),
    storagePort: Number(values['storage-port']),
    yaml: PATIENT,
  }).pipe(
    concatMap((cluster) => defer(() => from(run(cluster)))),
    take(1),
  ),
);

// Compares rxcql with the npm package `cassandra-driver` on the same Cassandra: `npm run bench [-- --rounds 5]`.
// Both do each workload in turn, every time in a process of their own; the table has the medians.
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { concatMap, defer, from, lastValueFrom, mergeMap, type Observable, of, range, take } from 'rxjs';
import { createSession } from 'rxcql';
import { startCassandra } from 'rxcql/testing';
import {
  CONCURRENCY,
  CREATE_KEYSPACE,
  CREATE_TABLE,
  INSERT,
  type Measurement,
  reading,
  ROWS,
  type Workload,
  WORKLOADS,
} from './workloads.js';

const DRIVERS = ['rxcql', 'cassandra-driver'] as const;
type Driver = (typeof DRIVERS)[number];

interface Target {
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds is a whole number, 1 or more.');

/**
 * The cluster that the environment names, or a node started here: with the server compiler, memory enough, and a commit log
 * for which no write waits, since it is the drivers that are compared.
 */
function target(): Observable<Target> {
  const given = process.env['CASSANDRA_CONTACT_POINTS'];
  const yaml = { commitlog_sync: 'periodic', commitlog_sync_period: '10s' };
  if (given === undefined) return startCassandra({ heap: '2g', jvm: ['-XX:TieredStopAtLevel=4'], yaml });
  return of({
    contactPoints: given.split(','),
    localDataCenter: process.env['CASSANDRA_LOCAL_DC'] ?? 'datacenter1',
  });
}

/** The table that is read, with all its rows. */
async function prepareTable(cluster: Target): Promise<void> {
  const session = createSession({ contactPoints: cluster.contactPoints });
  await lastValueFrom(session.execute(CREATE_KEYSPACE));
  await lastValueFrom(session.execute(CREATE_TABLE));
  await lastValueFrom(range(0, ROWS).pipe(mergeMap((id) => session.execute(INSERT, reading(id)), CONCURRENCY)));
  await lastValueFrom(session.close());
}

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

async function measure(driver: Driver, workload: Workload, cluster: Target): Promise<Measurement> {
  const args = [
    '--expose-gc',
    '--import',
    'tsx',
    worker,
    driver,
    workload,
    cluster.contactPoints.join(','),
    cluster.localDataCenter,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Measurement;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

/** The figures of one driver in one workload: medians over the rounds. */
function figures(measurements: readonly Measurement[]) {
  return {
    rate: median(measurements.map(({ operations, seconds }) => operations / seconds)),
    perCpuSecond: median(measurements.map(({ operations, cpuSeconds }) => operations / cpuSeconds)),
    peakRss: median(measurements.map(({ peakRss }) => peakRss)),
  };
}

async function compare(workload: Workload, cluster: Target): Promise<void> {
  const measured: Record<Driver, Measurement[]> = { rxcql: [], 'cassandra-driver': [] };
  for (let round = 0; round < rounds; round++) {
    // Who begins changes, so that neither always finds the server warmed up by the other.
    const order = round % 2 === 0 ? DRIVERS : [...DRIVERS].reverse();
    for (const driver of order) measured[driver].push(await measure(driver, workload, cluster));
  }
  const [ours, theirs] = [figures(measured.rxcql), figures(measured['cassandra-driver'])];
  for (const [driver, figure] of [
    ['rxcql', ours],
    ['cassandra-driver', theirs],
  ] as const) {
    row(
      workload,
      driver,
      thousands(figure.rate),
      micro(figure.perCpuSecond),
      thousands(figure.perCpuSecond),
      mebi(figure.peakRss),
    );
  }
  const ratio = (a: number, b: number): string => `${(a / b).toFixed(2)}x`;
  const cpu = ratio(ours.perCpuSecond, theirs.perCpuSecond);
  row(workload, 'ratio', ratio(ours.rate, theirs.rate), cpu, cpu, ratio(ours.peakRss, theirs.peakRss));
  console.log();
}

const thousands = (value: number): string => `${Math.round(value / 1000)} k`;
const micro = (perSecond: number): string => `${(1e6 / perSecond).toFixed(2)} µs`;
const mebi = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

function row(...cells: readonly string[]): void {
  const widths = [12, 18, 14, 16, 18, 10];
  console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(''));
}

async function run(cluster: Target): Promise<void> {
  await prepareTable(cluster);
  console.log(
    `Node ${process.version}, ${cpus().length} cores, one Cassandra on the same machine, ${CONCURRENCY} requests in flight,`,
  );
  console.log(`rows of 8 columns; medians of ${rounds} rounds, each in a process of its own.\n`);
  row('workload', 'driver', 'per second', 'CPU each', 'per CPU second', 'peak RSS');
  for (const workload of WORKLOADS) await compare(workload, cluster);
}

await lastValueFrom(
  target().pipe(
    concatMap((cluster) => defer(() => from(run(cluster)))),
    take(1),
  ),
);

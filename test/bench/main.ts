// Compares rxcql with the npm package `cassandra-driver`, on the same server:
//
//   npm run bench [-- --server canned|cassandra --nodes 3 --workloads 'insert,point read' --concurrency 256 --operations 1000000 --rounds 5]
//
// All do each workload in turn, every time in a process of their own; the table has the medians.
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs, promisify } from 'node:util';
import { concatMap, defer, from, lastValueFrom, take } from 'rxjs';
import { cannedServer, cassandra, type Target } from './server.js';
import { buildWorkers } from './workers.js';
import { type Measurement, type Task, type Workload, WORKLOADS } from './workloads.js';

const OURS = 'rxcql';
const PEER = 'cassandra-driver';
/** A bare socket that only counts the bytes of its answers: what nothing can be faster than. */
const FLOOR = 'floor';
const DRIVERS = [OURS, PEER, FLOOR] as const;
type Driver = (typeof DRIVERS)[number];

const { values } = parseArgs({
  options: {
    server: { type: 'string', default: 'cassandra' },
    workloads: { type: 'string', default: WORKLOADS.join(',') },
    concurrency: { type: 'string', default: '256' },
    operations: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    nodes: { type: 'string', default: '1' },
  },
});

function number(name: 'rounds' | 'concurrency' | 'operations' | 'nodes'): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`--${name} is a whole number, 1 or more.`);
  return value;
}

const rounds = number('rounds');
const concurrency = number('concurrency');
const servers = { canned: cannedServer, cassandra };
const server = servers[values.server as keyof typeof servers] as (typeof servers)['canned'] | undefined;
if (server === undefined) throw new RangeError(`--server is one of ${Object.keys(servers).join(', ')}.`);
const workloads = values.workloads.split(',').map((name) => {
  const workload = WORKLOADS.find((one) => one === name);
  if (workload === undefined) throw new RangeError(`--workloads are some of ${WORKLOADS.join(', ')}.`);
  return workload;
});

/** As many as take some seconds; of a scan, whole tables, five times as many as to warm up with. */
function operationsOf(workload: Workload, { rows }: Target): number {
  if (workload.endsWith('scan')) return 10 * rows;
  return values.operations === '' ? 200_000 : number('operations');
}

const worker = buildWorkers();

async function measure(task: Task): Promise<Measurement> {
  const args = ['--expose-gc', worker, JSON.stringify(task)];
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

async function compare(workload: Workload, target: Target): Promise<void> {
  const measured: Record<Driver, Measurement[]> = { [OURS]: [], [PEER]: [], [FLOOR]: [] };
  const operations = operationsOf(workload, target);
  for (let round = 0; round < rounds; round++) {
    // Who begins changes, so that neither always finds the server warmed up by the other.
    const order = round % 2 === 0 ? DRIVERS : [...DRIVERS].reverse();
    for (const driver of order) {
      const { contactPoints, localDataCenter, rows } = target;
      const task = { driver, workload, contactPoints, localDataCenter, rows, operations, concurrency };
      measured[driver].push(await measure(task));
    }
  }
  const [ours, theirs] = [figures(measured[OURS]), figures(measured[PEER])];
  for (const driver of DRIVERS) {
    const { rate, perCpuSecond, peakRss } = figures(measured[driver]);
    row(workload, driver, thousands(rate), micro(perCpuSecond), thousands(perCpuSecond), mebi(peakRss));
  }
  const ratio = (a: number, b: number): string => `${(a / b).toFixed(2)}x`;
  const cpu = ratio(ours.perCpuSecond, theirs.perCpuSecond);
  row(workload, `${OURS} / peer`, ratio(ours.rate, theirs.rate), cpu, cpu, ratio(ours.peakRss, theirs.peakRss));
  console.log();
}

const thousands = (value: number): string => `${Math.round(value / 1000)} k`;
const micro = (perSecond: number): string => `${(1e6 / perSecond).toFixed(2)} µs`;
const mebi = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

function row(...cells: readonly string[]): void {
  const widths = [16, 18, 14, 16, 18, 10];
  console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(''));
}

async function run(target: Target): Promise<void> {
  console.log(
    `Node ${process.version}, ${cpus().length} cores, ${target.name}; ${concurrency} requests in flight,\n` +
      `rows of 8 columns; medians of ${rounds} rounds, each in a process of its own.\n`,
  );
  row('workload', 'driver', 'per second', 'CPU each', 'per CPU second', 'peak RSS');
  for (const workload of workloads) await compare(workload, target);
}

await lastValueFrom(
  server(number('nodes')).pipe(
    concatMap((target) => defer(() => from(run(target)))),
    take(1),
  ),
);

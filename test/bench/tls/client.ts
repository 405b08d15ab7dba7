// One workload over one kind of connection, in a process of its own: so that its CPU time is its own.
import { concatMap, count, lastValueFrom, mergeMap, range } from 'rxjs';
import { createSession } from 'rxcql';
import {
  CONCURRENCY,
  type Measurement,
  OPERATIONS,
  PAGE,
  POINT_READ,
  ROWS,
  type Server,
  type Workload,
} from './workloads.js';

const [kind, workload, where] = process.argv.slice(2) as ['plain' | 'tls', Workload, string];
const { plain, tls, ca } = JSON.parse(where) as Server;
const session = createSession({
  contactPoints: [kind === 'tls' ? tls : plain],
  schemaMetadata: false,
  ...(kind === 'tls' && { tls: { ca } }),
});
const pointRead = await lastValueFrom(session.prepare(POINT_READ));

const work: Record<Workload, (operations: number) => Promise<number>> = {
  'point read': (operations) =>
    lastValueFrom(
      range(0, operations).pipe(
        mergeMap((k) => session.execute(pointRead, [k]), CONCURRENCY),
        count(),
      ),
    ),
  'page of 1 MiB': (operations) =>
    lastValueFrom(
      range(0, operations).pipe(
        concatMap(() => session.execute(PAGE)),
        count((page) => page.rowCount === ROWS),
      ),
    ),
};

const operations = OPERATIONS[workload];
await work[workload](operations / 4);
const cpu = process.cpuUsage();
const since = performance.now();
const done = await work[workload](operations);
const seconds = (performance.now() - since) / 1000;
const { user, system } = process.cpuUsage(cpu);
if (done !== operations) throw new Error(`${done} of ${operations} operations were done.`);
await lastValueFrom(session.close());
const measurement: Measurement = { operations, seconds, cpuSeconds: (user + system) / 1e6 };
process.stdout.write(JSON.stringify(measurement));

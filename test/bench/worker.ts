// One driver, one workload, one process: so that its CPU time and its memory are its own.
import { type Candidate, type Measurement, OPERATIONS, type Workload } from './workloads.js';

const [driver, workload, contactPoints, localDataCenter] = process.argv.slice(2) as [string, Workload, string, string];

const { candidate } = (await import(`./${driver}.js`)) as { candidate: Candidate };
const operations = OPERATIONS[workload];

await candidate.connect(contactPoints.split(','), localDataCenter);
await candidate.run(workload, operations / 4);
globalThis.gc?.();

const cpu = process.cpuUsage();
const start = performance.now();
const done = await candidate.run(workload, operations);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
if (done !== operations) throw new Error(`${driver}: ${done} of ${operations} operations were done.`);

const measurement: Measurement = {
  operations,
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakRss: process.resourceUsage().maxRSS * 1024,
};
await candidate.close();
process.stdout.write(JSON.stringify(measurement));

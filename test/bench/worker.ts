// One driver, one workload, one process: so that its CPU time and its memory are its own.
import type { Candidate, Measurement, Task } from './workloads.js';

const task = JSON.parse(process.argv[2]!) as Task;
const { driver, operations } = task;
const { candidate } = (await import(`./${driver}.js`)) as { candidate: Candidate };

await candidate.connect(task);
await candidate.run(task, operations / 5);
globalThis.gc?.();

const cpu = process.cpuUsage();
const start = performance.now();
const done = await candidate.run(task, operations);
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

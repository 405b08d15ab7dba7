// One driver, one workload, one process: so that its CPU time and its memory are its own.
import { gauge, gaugeLag, LAG_SECONDS } from './gauges.js';
import { ThreadedCandidate } from './threads.js';
import type { Candidate, Task } from './workloads.js';

const task = JSON.parse(process.argv[2]!) as Task;
const { driver, operations, threads, warmUp, warmUpSeconds } = task;

async function load(): Promise<Candidate> {
  if (threads > 0) return new ThreadedCandidate(threads);
  const { candidate } = (await import(`./${driver}.js`)) as { candidate: Candidate };
  return candidate;
}

const candidate = await load();
/** What is not counted: of a table so large that to warm up is not to read it whole, a part. */
async function workFor(seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1_000;
  do {
    await candidate.run({ ...task, rows: Math.min(task.rows, warmUp) }, warmUp);
  } while (performance.now() < until);
}

await candidate.connect(task);
await workFor(warmUpSeconds);
// No garbage is collected by force here: with it goes code that was compiled, and to compile it again would be measured.

const measurement = await gauge(() => candidate.run(task, operations));
if (measurement.operations !== operations) {
  throw new Error(`${driver}: ${measurement.operations} of ${operations} operations were done.`);
}
const lag = await gaugeLag(() => workFor(LAG_SECONDS));
await candidate.close();
process.stdout.write(JSON.stringify({ ...measurement, ...lag }));

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Case } from './cases.js';
import type { Result } from './results.js';
import type { Target } from './server.js';
import type { Measurement, Task } from './workloads.js';

/** Makes one measurement in a process of its own. `program` is how Node is told to run the worker. */
export async function measure(program: readonly string[], task: Task): Promise<Measurement> {
  const { stdout } = await promisify(execFile)(process.execPath, [...program, JSON.stringify(task)]);
  return JSON.parse(stdout) as Measurement;
}

/** All drivers of a case, in turn. */
export async function measureCase(
  program: readonly string[],
  { section: { drivers }, workload, line, setting }: Case,
  { contactPoints, localDataCenter, ca }: Target,
  rounds: number,
): Promise<Result[]> {
  const measured = drivers.map((driver) => ({ driver, workload, line: line.name, rounds: [] as Measurement[] }));
  for (let round = 0; round < rounds; round++) {
    // Who begins changes, so that neither always finds the server warmed up by the other.
    for (const { driver, rounds } of round % 2 === 0 ? measured : [...measured].reverse()) {
      rounds.push(await measure(program, { driver, workload, contactPoints, localDataCenter, ca, ...setting }));
    }
  }
  return measured;
}

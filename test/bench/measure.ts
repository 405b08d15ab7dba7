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

/** All drivers of all cases, each in each round: what they are compared for is not what else the machine did at the time of one. */
export async function measureInTurn(
  program: readonly string[],
  cases: readonly Case[],
  { contactPoints, localDataCenter, ca }: Target,
  rounds: number,
  tell: (text: string) => void,
): Promise<Result[]> {
  const measured = cases.flatMap(({ section: { drivers }, workload, line, setting }) =>
    drivers.map((driver) => ({
      result: { workload, line: line.name, driver, rounds: [] as Measurement[] },
      task: { ...setting, driver, workload, contactPoints, localDataCenter, ca },
    })),
  );
  for (let round = 0; round < rounds; round++) {
    tell(`round ${round + 1} of ${rounds}`);
    // Who begins changes, so that neither always finds the server warmed up by the other.
    for (const { result, task } of round % 2 === 0 ? measured : [...measured].reverse()) {
      result.rounds.push(await measure(program, task));
    }
  }
  return measured.map(({ result }) => result);
}

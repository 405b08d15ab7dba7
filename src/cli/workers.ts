import { concat, defer, EMPTY, ignoreElements, merge, mergeMap, Observable, range, tap } from 'rxjs';
import type { Command } from './commands/command.js';
import { EXIT } from './exit-code.js';
import type { Worker } from './host.js';
import { argumentsOf, nameOf, type Values } from './options/cli-option.js';
import { subShard } from './options/ranges.js';
import { variableOf } from './options/sources.js';
import type { WorkerGauge } from './report/worker-gauge.js';
import type { Reading } from './report/reading.js';
import type { Task } from './task.js';

/**
 * ```
 * this process ──spawn──▶ worker 0: shard 0/n    --progress=json
 *      ▲                  worker 1: shard 1/n
 *      └── lines of JSON ─┴─ …
 * ```
 *
 * Shares a command among processes, each with its part of one plan. Emits what each of them has ended with, and completes. What they say is counted
 * and said, what they write is put together and written.
 */
export function shareAmongWorkers(
  command: Command,
  task: Task,
  workers: number,
  gauge: WorkerGauge,
  write: (lines: Observable<string>) => Observable<never>,
): Observable<number> {
  return defer(() => {
    const { args, env } = callOf(command, task);
    const running = Array.from({ length: workers }, (_, i): Worker => {
      const { index, of: all } = subShard(task.shard ?? { index: 0, of: 1 }, i, workers);
      return task.host.spawn([...args, `--shard=${index}/${all}`], env);
    });
    const lines = merge(...running.map(({ output }) => output));
    const codes = range(0, workers).pipe(mergeMap((i) => codeOf(running[i]!, i, task, gauge)));
    const output = command.merge === undefined ? EMPTY : write(command.merge(lines, workers));
    const stopping = task.stopping.pipe(
      tap(() => running.forEach((worker) => worker.stop())),
      ignoreElements(),
    );
    return new Observable<number>((subscriber) => {
      // Whoever leaves wants no more of them.
      subscriber.add(() => running.forEach((worker) => worker.kill()));
      const stops = stopping.subscribe();
      subscriber.add(stops);
      subscriber.add(merge(codes, output).subscribe(subscriber));
    });
  });
}

/** What a worker is called with: secrets in its environment, which is its own. */
function callOf(command: Command, { options }: Task): { args: string[]; env: Record<string, string> } {
  const env: Record<string, string> = {};
  const values: Record<string, string | boolean> = {};
  const own: Values = { ...options.values, workers: '1', progress: 'json' };
  for (const option of command.options) {
    const name = nameOf(option);
    const value = own[name];
    // The parent has read them.
    if (value === undefined || name === 'password-file' || name === 'to-password-file' || name === 'config') continue;
    if (option.isSecret === true) env[variableOf(name)] = String(value);
    else values[name] = value;
  }
  return { args: [command.name, ...argumentsOf(values)], env };
}

function codeOf({ lines, ended }: Worker, i: number, task: Task, gauge: WorkerGauge): Observable<number> {
  const heard = lines.pipe(
    tap((line) => hear(line, i, task, gauge)),
    ignoreElements(),
  );
  return concat(heard, ended);
}

/** What a worker says is of this program, or of Node.js. */
function hear(line: string, i: number, task: Task, gauge: WorkerGauge): void {
  const said = eventIn(line);
  if (said === undefined) {
    if (line !== '') task.say(`${line}\n`);
  } else if (said.event === 'message') {
    task.say(`worker ${i}: ${said.message ?? ''}\n`);
  } else {
    gauge.set(i, said);
    if (said.error !== undefined) task.say(`worker ${i}: ${said.error}\n`);
    task.missing.push(...(said.missing ?? []));
  }
}

interface Said extends Partial<Reading> {
  readonly event: 'progress' | 'message' | 'end';
  readonly message?: string;
  readonly error?: string;
  readonly missing?: readonly string[];
}

function eventIn(line: string): Said | undefined {
  try {
    const value = JSON.parse(line) as Partial<Said> | null;
    if (value?.event === 'progress' || value?.event === 'message' || value?.event === 'end') return value as Said;
  } catch {
    // It is no event.
  }
  return undefined;
}

/** What several processes have ended with, as one. */
export function worst(codes: readonly number[]): number {
  return Math.max(EXIT.ok, ...codes);
}

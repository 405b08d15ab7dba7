import {
  catchError,
  concat,
  defer,
  endWith,
  EMPTY,
  filter,
  fromEvent,
  ignoreElements,
  interval,
  merge,
  NEVER,
  type Observable,
  of,
  skip,
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import { FileError } from '../etl/files/file-error.js';
import type { Command } from './commands/command.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { failureText } from './failure-text.js';
import type { Host } from './host.js';
import type { Options } from './options/options.js';
import { shardOf, workersOf } from './options/ranges.js';
import { type ProgressKind, progressOf } from './options/reporting.js';
import { planText } from './report/plan.js';
import type { Gauge } from './report/reading.js';
import type { Reporter } from './report/reporter.js';
import { reporterOf } from './report/reporter-of.js';
import { WorkerGauge } from './report/worker-gauge.js';
import { Interrupted, Task } from './task.js';
import { shareAmongWorkers, worst } from './workers.js';
import { writeOut } from './write-out.js';

/** How long what has been begun may take to end once somebody wants it to, in milliseconds: less than those wait who then kill. */
const DRAIN = 4_500;

/** Runs a command, with all that is told of it on the way: emits the exit code and completes. Errors where it could not even be begun. */
export function runCommand(command: Command, options: Options, host: Host): Observable<number> {
  return defer(() => {
    const reporter = reporterOf(progressKind(command, options, host), command.name, host.stderr);
    const task = new Task(options, host, shardOf(options, host.env), (text) => reporter.say(text));
    if (options.flag('dry-run') === true) {
      const say = command.plan(task).pipe(tap((plan) => host.stderr.write(planText(command.name, plan))));
      return say.pipe(ignoreElements(), endWith(EXIT.ok));
    }
    return new CommandRun(command, task, reporter).run();
  });
}

function progressKind(command: Command, options: Options, { stdout, stderr }: Host): ProgressKind {
  const isInTheWay = command.isBrief === true || (stdout.isTTY === true && options.text('url') === '-');
  return progressOf(options, stderr, isInTheWay);
}

class CommandRun {
  private readonly command: Command;
  private readonly task: Task;
  private readonly reporter: Reporter;
  private gauge: Gauge;
  private readonly workerCodes: number[] = [];
  private error: unknown;

  constructor(command: Command, task: Task, reporter: Reporter) {
    this.command = command;
    this.task = task;
    this.reporter = reporter;
    this.gauge = task.meter;
  }

  run(): Observable<number> {
    const { host } = this.task;
    const signals = host.signals.pipe(tap(() => this.stop()));
    const isLate = this.task.stopping.pipe(switchMap(() => timer(DRAIN)));
    const work = this.work().pipe(
      takeUntil(merge(host.signals.pipe(skip(1)), isLate)),
      // Who has read enough closes the pipe.
      takeUntil(fromEvent(host.stdout, 'error').pipe(filter(isBrokenPipe))),
      ignoreElements(),
      catchError((error: unknown) => {
        if (!isBrokenPipe(error) && !(error instanceof Interrupted))
          this.error = error ?? new Error('Something undefined was thrown.');
        return EMPTY;
      }),
    );
    const { every } = this.reporter;
    const told =
      every === undefined ? NEVER : interval(every).pipe(tap(() => this.reporter.progress(this.gauge.read())));
    const ended = concat(work, defer(() => of(this.end()))); // prettier-ignore
    return merge(merge(signals, told).pipe(ignoreElements()), ended).pipe(take(1));
  }

  private work(): Observable<unknown> {
    const { command, task } = this;
    return defer(() => {
      const workers = command.options.some(({ flags }) => flags.startsWith('--workers')) ? workersOf(task.options) : 1;
      if (workers === 1) return command.run(task);
      command.beforeSharing?.(task);
      const gauge = new WorkerGauge(workers);
      this.gauge = gauge;
      const write = (lines: Observable<string>): Observable<never> => writeOut(lines, task.host.stdout);
      return shareAmongWorkers(command, task, workers, gauge, write).pipe(tap((code) => this.workerCodes.push(code)));
    });
  }

  private stop(): void {
    if (this.task.isStopping) return;
    this.reporter.say('Ending: what has been begun is finished and noted. Once more ends it at once.\n');
    this.task.stop();
  }

  private end(): number {
    const { command, task, reporter, error } = this;
    const last = this.gauge.read();
    const exitCode = this.exitCode(last.failed);
    // What was done before this run is part of it, too.
    const reading = exitCode === EXIT.ok && last.fraction !== undefined ? { ...last, fraction: 1, eta: 0 } : last;
    const message =
      error === undefined ? undefined : failureText(error, task.options.flag('debug') === true, command.options);
    const isBegun = last.rows + last.failed > 0 || exitCode > EXIT.fatal;
    const canResume = exitCode !== EXIT.ok && isBegun && task.resumption !== undefined;
    reporter.end({
      command: command.name,
      exitCode,
      reading,
      missing: task.missing,
      ...(message !== undefined && { error: message }),
      ...(canResume && { resume: ['rxcql', ...task.resumption!].map(quoted).join(' ') }),
    });
    return exitCode;
  }

  private exitCode(failed: number): number {
    const { task, error, workerCodes } = this;
    if (error !== undefined) return Math.max(exitCodeOf(error), worst(workerCodes));
    if (task.isStopping) return Math.max(EXIT.interrupted, worst(workerCodes));
    const isWhole = failed === 0 && task.missing.length === 0;
    return Math.max(isWhole ? EXIT.ok : EXIT.errors, worst(workerCodes));
  }
}

/** Of a standard stream, as the system or whoever writes files says it. A connection that breaks has such a cause, too, and is no end. */
function isBrokenPipe(error: unknown): boolean {
  const reason: unknown = error instanceof FileError ? error.cause : error;
  return (reason as NodeJS.ErrnoException | undefined)?.code === 'EPIPE';
}

/** As a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

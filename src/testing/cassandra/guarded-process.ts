/** A process that cannot outlive this one, whatever ends this one: an exit, an uncaught error, even SIGKILL. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { AsyncSubject, fromEvent, map, merge, takeUntil, type Observable } from 'rxjs';

export interface ProcessOptions {
  /** The working directory. */
  readonly cwd?: string;
  /** Default: this process's own environment. */
  readonly env?: NodeJS.ProcessEnv;
}

/** How a process ended: one of the two is set. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GuardedProcess {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Emits once and completes when the process is gone and its output is read; also for those who subscribe later. */
  readonly ended: Observable<ProcessEnd>;
  /** Sends a signal to the process itself, not to its guard. Does nothing once it is gone. */
  signal(name: NodeJS.Signals): void;
}

// The shell becomes the command (`exec`), so that its process id is the command's own; `$$` is that id also in the subshell
// in the background, the guard. The guard reads descriptor 3, of which this process holds the other end: a line says that
// the command has ended, the end of the file that this process has gone. It does not hold the command's output, which would
// otherwise not end before the guard does.
const script = `
{ read -r _ <&3 || kill -KILL $$; } </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-
`;

/** Starts `command` at once. A command that does not exist ends with exit code 127. */
export function startGuarded(
  command: string,
  parameters: readonly string[],
  options: ProcessOptions = {},
): GuardedProcess {
  const child = spawn('/bin/sh', ['-c', script, 'sh', command, ...parameters], {
    cwd: options.cwd,
    env: options.env,
    // A session of its own: Ctrl-C in a terminal must reach this process only, which then decides.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [, stdout, stderr, lifeline] = child.stdio as unknown as [null, Readable, Readable, Writable];
  lifeline.on('error', () => undefined); // somebody has killed the guard
  child.on('error', () => undefined); // not started: 'close' follows, with a negative exit code
  child.once('exit', () => lifeline.end('\n'));

  const ended = new AsyncSubject<ProcessEnd>();
  child.once('close', (exitCode, signal) => {
    ended.next({ exitCode, signal });
    ended.complete();
  });
  return { stdout, stderr, ended, signal: (name) => void child.kill(name) };
}

/** The lines of a process's output, hot, as they come. Completes when it is gone. */
export function outputLines(process: GuardedProcess): Observable<string> {
  const lines = (input: Readable): Observable<string> =>
    fromEvent(createInterface({ input }), 'line').pipe(map((line) => line as string));
  return merge(lines(process.stdout), lines(process.stderr)).pipe(takeUntil(process.ended));
}
